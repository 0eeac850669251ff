//! Checks of settings beyond their types; each adds at most one problem.

use std::fmt::Debug;

use super::super::cloud_sink_base::ConfigErrors;

/// Text that is required holds something.
pub fn not_empty(errors: &mut ConfigErrors, name: &str, text: &str) {
    if text.is_empty() {
        errors.push(name, "must not be empty");
    }
}

/// Text has at least `least` characters.
pub fn min_length(errors: &mut ConfigErrors, name: &str, text: &str, least: usize) {
    let count = text.chars().count();
    if count < least {
        errors.push(
            name,
            format!("must have at least {least} characters, not {count}"),
        );
    }
}

/// Text has at most `most` characters.
pub fn max_length(errors: &mut ConfigErrors, name: &str, text: &str, most: usize) {
    let count = text.chars().count();
    if count > most {
        errors.push(
            name,
            format!("must have at most {most} characters, not {count}"),
        );
    }
}

/// Text has only characters of `set`, written as in a bracket expression: `A-Za-z0-9._-`.
pub fn only(errors: &mut ConfigErrors, name: &str, text: &str, set: &str) {
    if let Some(found) = text.chars().find(|character| !is_in(set, *character)) {
        errors.push(
            name,
            format!("must have only characters of `{set}`, not {found:?}"),
        );
    }
}

/// Text has no character of `set`.
pub fn without(errors: &mut ConfigErrors, name: &str, text: &str, set: &str) {
    if let Some(found) = text.chars().find(|character| set.contains(*character)) {
        errors.push(name, format!("must not have {found:?}"));
    }
}

/// Text does not start with `prefix`.
pub fn not_prefix(errors: &mut ConfigErrors, name: &str, text: &str, prefix: &str) {
    if text.starts_with(prefix) {
        errors.push(name, format!("must not start with `{prefix}`"));
    }
}

/// A number is not below `least`.
pub fn at_least<T: PartialOrd + Debug + Copy>(
    errors: &mut ConfigErrors,
    name: &str,
    value: T,
    least: T,
) {
    if value < least {
        errors.push(name, format!("must be at least {least:?}, not {value:?}"));
    }
}

/// A number is not above `most`.
pub fn at_most<T: PartialOrd + Debug + Copy>(
    errors: &mut ConfigErrors,
    name: &str,
    value: T,
    most: T,
) {
    if value > most {
        errors.push(name, format!("must be at most {most:?}, not {value:?}"));
    }
}

/// A number is one of `allowed`.
pub fn one_of(errors: &mut ConfigErrors, name: &str, value: i64, allowed: &[i64]) {
    if !allowed.contains(&value) {
        let allowed: Vec<String> = allowed.iter().map(i64::to_string).collect();
        let allowed = allowed.join(", ");
        errors.push(name, format!("must be one of {allowed}, not {value}"));
    }
}

/// Text fits into a header.
pub fn header_text(errors: &mut ConfigErrors, name: &str, text: &str) {
    let fits = |byte: u8| byte == b'\t' || (b' '..0x7f).contains(&byte);
    if !text.bytes().all(fits) {
        errors.push(name, "has characters a header cannot hold");
    }
}

/// A setting goes with another: without that one it would never be used.
pub fn goes_with(errors: &mut ConfigErrors, setting: (&str, bool), other: (&str, bool)) {
    if let ((name, true), (other, false)) = (setting, other) {
        let message = format!("needs `{other}`, which is not set: set both or neither");
        errors.push(name, message);
    }
}

/// What is switched on needs a setting.
pub fn needs(errors: &mut ConfigErrors, switch: (&str, bool), other: (&str, bool)) {
    if let ((name, true), (other, false)) = (switch, other) {
        errors.push(name, format!("needs `{other}`, which is not set"));
    }
}

/// One of several credentials is set.
pub fn one_of_set(errors: &mut ConfigErrors, settings: &[(&str, bool)]) {
    let Some((first, _)) = settings
        .first()
        .filter(|_| !settings.iter().any(|(_, is_set)| *is_set))
    else {
        return;
    };
    let names: Vec<String> = settings
        .iter()
        .map(|(name, _)| format!("`{name}`"))
        .collect();
    errors.push(
        *first,
        format!("no credentials: set {}", names.join(" or ")),
    );
}

/// What to type instead of a word that is no choice.
#[must_use]
pub fn expected(words: &[&str]) -> String {
    format!("expected `{}`", words.join("`, `"))
}

/// Whether a bracket expression names `character`; a `-` at either end stands for itself.
fn is_in(set: &str, character: char) -> bool {
    let mut rest = set.chars();
    while let Some(low) = rest.next() {
        let mut ahead = rest.clone();
        if let (Some('-'), Some(high)) = (ahead.next(), ahead.next()) {
            if (low..=high).contains(&character) {
                return true;
            }
            rest = ahead;
        } else if low == character {
            return true;
        }
    }
    false
}
