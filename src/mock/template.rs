//! Matches a text against a spec's text with holes: `logs-{dataset}-{namespace}`.
//!
//! The mock does not know a sink's settings, so a hole matches any text its place allows.

use crate::sink::{Piece, Sink, Text};

/// Longest text matched against a template with holes: beyond it only trying takes time.
const MAX_MATCHED_BYTES: usize = 4096;

/// True when `text` is the template with every hole filled by a text that `allowed` accepts.
pub(super) fn matches(template: &Text, text: &str, allowed: fn(&str) -> bool) -> bool {
    fits(&template.pieces, text, &str::to_owned, allowed)
}

/// The same for a path: literal text stands there percent-encoded where a URL needs that.
/// The path of an address without one is `/`.
pub(super) fn matches_path(template: &Text, path: &str) -> bool {
    let path = if template.pieces.is_empty() && path == "/" {
        ""
    } else {
        path
    };
    fits(&template.pieces, path, &encoded_literal, percent_encoded)
}

fn fits(
    pieces: &[Piece],
    text: &str,
    literal: &dyn Fn(&str) -> String,
    allowed: fn(&str) -> bool,
) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty();
    };
    if let Piece::Literal(expected) = piece {
        let after = text.strip_prefix(literal(expected).as_str());
        return after.is_some_and(|after| fits(rest, after, literal, allowed));
    }
    if text.len() > MAX_MATCHED_BYTES {
        return false;
    }
    // Longest filling first: the literal that follows a hole is rarely part of the filling.
    (1..=text.len())
        .rev()
        .filter(|end| text.is_char_boundary(*end))
        .any(|end| allowed(&text[..end]) && fits(rest, &text[end..], literal, allowed))
}

/// Literal text of a path as RFC 3986 lets it stand: `pchar` and `/` as they are.
fn encoded_literal(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        let stands = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/".contains(&byte);
        if stands {
            out.push(char::from(byte));
        } else {
            out.push('%');
            out.extend(
                [byte >> 4, byte & 15]
                    .map(|half| char::from(b"0123456789ABCDEF"[usize::from(half)])),
            );
        }
    }
    out
}

/// A template as a spec writes it, for messages; the mock knows no names of settings.
pub(super) fn shown(template: &Text) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.as_str(),
        _ => "{…}",
    });
    pieces.collect()
}

/// A template as it is shown where a secret fills one of its holes.
pub(super) fn masked(sink: &Sink, template: &Text) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.as_str(),
        Piece::Setting(id) if sink.setting(*id).is_secret() => "***",
        _ => "{…}",
    });
    pieces.collect()
}

/// A filling of a path or query hole: not empty, and percent-encoded as RFC 3986 asks.
pub(super) fn percent_encoded(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => at += 1,
            b'%' if bytes
                .get(at + 1..at + 3)
                .is_some_and(|hex| hex.iter().all(u8::is_ascii_hexdigit)) =>
            {
                at += 3;
            }
            _ => return false,
        }
    }
    !bytes.is_empty()
}

/// A filling of a header or body hole: not empty, no control characters.
pub(super) fn plain(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

/// The text with its percent-encoding removed; `None` when that is not UTF-8.
pub(super) fn percent_decode(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = bytes
            .get(at + 1..at + 3)
            .and_then(|hex| std::str::from_utf8(hex).ok());
        match (
            bytes[at],
            hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()),
        ) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sink::SettingId;

    /// A text whose braces are holes.
    fn text(template: &str) -> Text {
        let mut pieces = Vec::new();
        for (index, part) in template.split(['{', '}']).enumerate() {
            match (index % 2, part) {
                (0, "") => {}
                (0, literal) => pieces.push(Piece::Literal(literal.to_owned())),
                _ => pieces.push(Piece::Setting(SettingId(0))),
            }
        }
        Text { pieces }
    }

    #[test]
    fn holes_take_any_allowed_text() {
        assert!(matches_path(
            &text("/1/batch/{dataset}"),
            "/1/batch/my%20set"
        ));
        assert!(matches(&text("logs-{a}-{b}"), "logs-x-y-z", plain));
        assert!(matches_path(&text("/v1/logs"), "/v1/logs"));
        assert!(matches_path(&text("/v1/a b"), "/v1/a%20b"));
        assert!(matches_path(&text(""), "/"));
    }

    #[test]
    fn holes_refuse_what_is_not_encoded_or_empty() {
        let path = text("/1/batch/{dataset}");
        for bad in ["/1/batch/", "/1/batch/a/b", "/1/batch/a%2"] {
            assert!(!matches_path(&path, bad), "{bad}");
        }
        assert!(!matches_path(&text("/v1/logs"), "/v1/logs/"));
        assert!(!matches_path(&text(""), "/v1"));
    }

    #[test]
    fn percent_decoding_is_the_inverse() {
        assert_eq!(Some("a b/é".to_owned()), percent_decode("a%20b%2F%C3%A9"));
        assert_eq!(None, percent_decode("%FF"));
    }
}
