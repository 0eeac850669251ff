//! Percent-encoding of what goes into a URL; the rule stands in `request.rs`.

use std::fmt::Write;

/// Encodes everything but RFC 3986's unreserved characters.
#[must_use]
pub fn encode(text: &str) -> String {
    encode_except(text, b"-._~")
}

/// Encodes what cannot stand in a path as it is.
#[must_use]
pub fn encode_path(text: &str) -> String {
    encode_except(text, b"-._~/:@!$&'()*+,;=")
}

fn encode_except(text: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String never fails.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
