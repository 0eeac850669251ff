//! Matches a text against a spec's template: `logs-{dataset}-{namespace}`.
//!
//! The mock does not know a sink's settings, so a hole matches any text its place allows.

/// True when the template has at least one `{field}` hole.
pub(super) fn has_hole(template: &str) -> bool {
    template
        .split_once('{')
        .is_some_and(|(_, rest)| rest.contains('}'))
}

/// Longest text matched against a template with holes: beyond it only trying takes time.
const MAX_MATCHED_BYTES: usize = 4096;

/// True when `text` is the template with every hole filled by a text that `allowed` accepts.
pub(super) fn matches(template: &str, text: &str, allowed: fn(&str) -> bool) -> bool {
    let Some((before, rest)) = template.split_once('{') else {
        return template == text;
    };
    let Some((_, after)) = rest.split_once('}') else {
        return template == text;
    };
    let Some(text) = text.strip_prefix(before) else {
        return false;
    };
    if text.len() > MAX_MATCHED_BYTES {
        return false;
    }
    // Longest filling first: the literal that follows a hole is rarely part of the filling.
    (1..=text.len())
        .rev()
        .filter(|end| text.is_char_boundary(*end))
        .any(|end| allowed(&text[..end]) && matches(after, &text[end..], allowed))
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

    #[test]
    fn holes_take_any_allowed_text() {
        assert!(matches(
            "/1/batch/{dataset}",
            "/1/batch/my%20set",
            percent_encoded
        ));
        assert!(matches("logs-{a}-{b}", "logs-x-y-z", plain));
        assert!(matches("/v1/logs", "/v1/logs", percent_encoded));
    }

    #[test]
    fn holes_refuse_what_is_not_encoded_or_empty() {
        assert!(!matches("/1/batch/{dataset}", "/1/batch/", percent_encoded));
        assert!(!matches(
            "/1/batch/{dataset}",
            "/1/batch/a/b",
            percent_encoded
        ));
        assert!(!matches(
            "/1/batch/{dataset}",
            "/1/batch/a%2",
            percent_encoded
        ));
        assert!(!matches("/v1/logs", "/v1/logs/", percent_encoded));
    }

    #[test]
    fn percent_decoding_is_the_inverse() {
        assert_eq!(Some("a b/é".to_owned()), percent_decode("a%20b%2F%C3%A9"));
        assert_eq!(None, percent_decode("%FF"));
    }
}
