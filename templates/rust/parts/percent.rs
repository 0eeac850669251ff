//! Percent-encoding of what settings put into a URL.

use std::fmt::Write;

/// Encodes everything but RFC 3986's unreserved characters.
#[must_use]
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String never fails.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// Adds a query parameter, `name=value`, whose value is encoded already.
pub fn push_query(url: &mut String, parameter: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    url.push_str(parameter);
}
