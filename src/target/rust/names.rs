//! Names in generated Rust: from the words of a spec to identifiers.

use crate::provider::model::Spec;

/// Words that cannot be used as identifiers as they are.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// `Datadog` for `DatadogSink`.
#[must_use]
pub fn type_prefix(spec: &Spec) -> String {
    spec.names
        .type_prefix
        .clone()
        .unwrap_or_else(|| camel(&spec.id))
}

/// `splunk_hec` → `SplunkHec`. Anything but letters and digits separates words.
#[must_use]
pub fn camel(text: &str) -> String {
    let words = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined: String = words
        .map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_ascii_uppercase() + rest
        })
        .collect();
    if joined.starts_with(|c: char| c.is_ascii_digit()) || joined.is_empty() || joined == "Self" {
        format!("V{joined}")
    } else {
        joined
    }
}

/// `datadoghq.com` → `datadoghq_com`; a keyword or a leading digit gets a `_` where it needs one.
#[must_use]
pub fn snake(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        if character.is_ascii_alphanumeric() {
            out.push(character.to_ascii_lowercase());
        } else if !out.is_empty() && !out.ends_with('_') {
            out.push('_');
        }
    }
    let out = out.trim_end_matches('_');
    if out.is_empty() || out.starts_with(|c: char| c.is_ascii_digit()) {
        format!("value_{out}")
    } else if KEYWORDS.contains(&out) {
        format!("{out}_")
    } else {
        out.to_owned()
    }
}

/// A name of its own among `taken`, which it joins.
pub fn unique(name: &str, taken: &mut Vec<String>) -> String {
    let mut candidate = name.to_owned();
    let mut number = 2;
    while taken.contains(&candidate) {
        candidate = format!("{name}{number}");
        number += 1;
    }
    taken.push(candidate.clone());
    candidate
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!("SplunkHec", camel("splunk_hec"));
        assert_eq!("Us5DatadoghqCom", camel("us5.datadoghq.com"));
        assert_eq!("V4xx", camel("4xx"));
        assert_eq!("type_", snake("type"));
        assert_eq!("x_api_key", snake("X-Api-Key"));
        assert_eq!("value_2fast", snake("2fast"));
    }

    #[test]
    fn equal_names_are_told_apart() {
        let mut taken = Vec::new();

        assert_eq!("a", unique("a", &mut taken));
        assert_eq!("a2", unique("a", &mut taken));
    }
}
