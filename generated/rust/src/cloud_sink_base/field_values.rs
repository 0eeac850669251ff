//! How single settings are read from text.

use std::path::Path;

use serde_json::Value;

/// Text of a value that is one line in a settings file.
pub(super) fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Items of a comma-separated text.
pub(super) fn split(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

/// The two halves of `key:value`; the value may hold further colons.
pub(super) fn pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once(':')?;
    Some((key.trim().to_owned(), value.trim().to_owned()))
}

/// A secret kept in a file, as orchestrators mount them.
pub(super) fn read_secret(path: &Path) -> Result<String, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read the file: {error}"))?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Whether `text` is an http URL that paths can be appended to. Never repeats the text: it may
/// hold a password.
pub(super) fn check_url(text: &str) -> Result<(), &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("expected a URL that starts with `https://` or `http://`")?;
    let host = rest.split('/').next().unwrap_or_default();
    if rest.contains(['?', '#']) {
        return Err("a query or fragment is not allowed in this URL");
    }
    if host.contains('@') {
        return Err("user name and password do not belong in this URL");
    }
    if host.is_empty() || host.starts_with(':') {
        return Err("the URL has no host");
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    {
        return Err("the URL has characters that must be percent-encoded");
    }
    Ok(())
}

/// The known name closest to `key`, if it is close enough to be meant.
pub(super) fn nearest<'a>(key: &str, known: &'a [String]) -> Option<&'a str> {
    let close = known
        .iter()
        .map(|name| (distance(key, name), name.as_str()))
        .min()?;
    (close.0 <= key.len().max(close.1.len()) / 3).then_some(close.1)
}

/// Levenshtein distance over bytes; settings have ASCII names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
