//! How text becomes part of a URL: one rule for every language.
//!
//! - What fills a hole, and names and values of query parameters as a whole: every byte of the UTF-8
//!   text but the unreserved `A-Z a-z 0-9 - . _ ~` is written as `%XX`.
//! - Literal text of a path: the unreserved bytes, `/` and `: @ ! $ & ' ( ) * + , ; =` stand as they
//!   are; every other byte, `%` included, is written as `%XX`.

use std::fmt::Write as _;

/// A value: only unreserved bytes stay.
pub fn value(text: &str) -> String {
    encode(text, "-._~")
}

/// Literal text of a path.
pub fn path(text: &str) -> String {
    encode(text, "-._~/:@!$&'()*+,;=")
}

fn encode(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.as_bytes().contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String never fails.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
