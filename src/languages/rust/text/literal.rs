//! Literals that read back as the text they are made of, whatever it holds.

use std::fmt::Write as _;

use crate::text::is_visible;

/// A Rust string literal that reads back as `text`, whatever it holds.
#[must_use]
pub fn literal(text: &str) -> String {
    format!("{text:?}")
}

/// A Rust byte string literal that reads back as the bytes of `text`.
#[must_use]
pub fn byte_literal(text: &str) -> String {
    let mut out = String::from("b\"");
    for byte in text.bytes() {
        match byte {
            b'"' => out.push_str("\\\""),
            b'\\' => out.push_str("\\\\"),
            b'\n' => out.push_str("\\n"),
            b' '..=b'~' => out.push(char::from(byte)),
            other => write!(out, "\\x{other:02x}").expect("writing to a String never fails"),
        }
    }
    out.push('"');
    out
}

/// The most readable literal for a JSON text: raw where it has quotes, escaped where it has
/// characters an editor would not show.
#[must_use]
pub fn json_literal(text: &str) -> String {
    let escaped = literal(text);
    let shown_as_is = text.chars().all(is_visible);
    if !shown_as_is || escaped.len() == text.len() + 2 {
        return escaped;
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
        // Rust takes 255 of them; a reader much fewer.
        if hashes.len() > 8 {
            return escaped;
        }
    }
    format!("r{hashes}\"{text}\"{hashes}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_never_end_early() {
        assert_eq!(r#""a\"; evil(); \"""#, literal(r#"a"; evil(); ""#));
        assert_eq!(r#""\u{202e}x\n""#, literal("\u{202e}x\n"));
        assert_eq!(r##"r#"{"a":1}"#"##, json_literal(r#"{"a":1}"#));
        assert_eq!(r###"r##"{"a":"#"}"##"###, json_literal(r##"{"a":"#"}"##));
        assert_eq!(r#""\"\u{200f}\"""#, json_literal("\"\u{200f}\""));
        assert_eq!("\"plain\"", json_literal("plain"));
    }
}
