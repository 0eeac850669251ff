//! Names in generated Rust: from the words of a spec to identifiers.

/// Words that cannot be used as identifiers as they are.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// Crates that sinks depend on, of all parts.
const DEPENDENCIES: [&str; 16] = [
    "aws_config",
    "aws_sdk_cloudwatchlogs",
    "base64",
    "bytes",
    "flate2",
    "httpdate",
    "reqwest",
    "serde",
    "serde_json",
    "serde_saphyr",
    "serde_yaml",
    "time",
    "tokio",
    "tracing",
    "tracing_subscriber",
    "zstd",
];

/// Crates that every program sees, and the package names cargo refuses.
const ALWAYS_THERE: [&str; 5] = ["alloc", "core", "proc_macro", "std", "test"];

/// Why a crate must not have the name, if so; `name` has `_` for `-`.
///
/// Dependencies of any sink count: a second provider may join later, and cargo then takes the two
/// for one.
#[must_use]
pub fn reserved(name: &str) -> Option<&'static str> {
    if KEYWORDS.contains(&name) {
        Some("a keyword of Rust")
    } else if ALWAYS_THERE.contains(&name) {
        Some("a crate that comes with Rust")
    } else if DEPENDENCIES.contains(&name) {
        Some("a crate that sinks depend on")
    } else {
        None
    }
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
