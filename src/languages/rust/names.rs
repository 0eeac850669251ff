//! Names in generated Rust: from the words of a spec to identifiers.

use crate::languages::common::names;
pub use crate::languages::common::names::{camel, unique};

/// Words that cannot be used as identifiers as they are.
const KEYWORDS: [&str; 52] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "union",
];

/// Crates that sinks depend on, of all parts.
const DEPENDENCIES: [&str; 23] = [
    "aws_config",
    "aws_credential_types",
    "aws_lc_rs",
    "aws_sdk_cloudwatchlogs",
    "aws_sigv4",
    "aws_smithy_types",
    "base64",
    "bytes",
    "flate2",
    "http_body_util",
    "httpdate",
    "reqwest",
    "rustix",
    "rustls_pki_types",
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

/// [`common::names::snake`], with a `_` after a keyword.
///
/// [`common::names::snake`]: crate::languages::common::names::snake
#[must_use]
pub fn snake(text: &str) -> String {
    let name = names::snake(text);
    if KEYWORDS.contains(&name.as_str()) {
        name + "_"
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyword_gets_an_underscore() {
        assert_eq!("type_", snake("type"));
        assert_eq!("kind", snake("kind"));
    }
}
