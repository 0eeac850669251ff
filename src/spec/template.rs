//! Texts with holes: `{name}`, `{event:context.trace_id|name}`, `{now:unix_ms}`.

use super::model::ValueEncoding;
use super::resolve::Reference;

/// A piece of a text with holes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'s> {
    /// As it is; never empty, never two of them next to each other.
    Literal(String),
    /// A setting.
    Setting(&'s str),
    /// The moment.
    Now(ValueEncoding),
    /// The first of these that is there.
    Event(Vec<Reference<'s>>),
}

/// Braces that are no hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken<'s> {
    /// The text that is wrong.
    pub part: &'s str,
    /// What is wrong with it.
    pub message: String,
    /// What to type instead.
    pub hint: String,
}

const HOLE: &str = "a hole is a config field in braces, `{site}`, a value of the event, \
                    `{event:context.trace_id}`, or the moment, `{now:unix_ms}`; a brace is written `{{` or `}}`";

/// Reads a text with holes.
///
/// # Errors
///
/// Everything that is no hole.
pub fn pieces(text: &str) -> Result<Vec<Piece<'_>>, Vec<Broken<'_>>> {
    let mut reader = Reader {
        pieces: Vec::new(),
        broken: Vec::new(),
    };
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        reader.literal(&rest[..open]);
        rest = reader.brace(&rest[open..]);
    }
    reader.literal(rest);
    if reader.broken.is_empty() {
        Ok(reader.pieces)
    } else {
        Err(reader.broken)
    }
}

/// The settings that a text names; of one that is broken, none.
pub fn settings(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in pieces(text).unwrap_or_default() {
        match piece {
            Piece::Setting(name) => found.push(name),
            Piece::Event(references) => {
                found.extend(references.iter().filter_map(Reference::setting));
            }
            Piece::Literal(_) | Piece::Now(_) => {}
        }
    }
    found
}

struct Reader<'s> {
    pieces: Vec<Piece<'s>>,
    broken: Vec<Broken<'s>>,
}

impl<'s> Reader<'s> {
    fn literal(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        if let Some(Piece::Literal(before)) = self.pieces.last_mut() {
            before.push_str(text);
        } else {
            self.pieces.push(Piece::Literal(text.to_owned()));
        }
    }

    /// Reads what a brace begins; returns what follows.
    fn brace(&mut self, text: &'s str) -> &'s str {
        for (double, single) in [("{{", "{"), ("}}", "}")] {
            if let Some(rest) = text.strip_prefix(double) {
                self.literal(single);
                return rest;
            }
        }
        let Some(end) = text.find('}').filter(|_| text.starts_with('{')) else {
            self.fail(text, format!("`{text}` is not a hole"), HOLE);
            return "";
        };
        self.hole(&text[..=end]);
        &text[end + 1..]
    }

    fn hole(&mut self, whole: &'s str) {
        let inner = &whole[1..whole.len() - 1];
        match inner.split_once(':') {
            None if is_name(inner) => self.pieces.push(Piece::Setting(inner)),
            Some(("event", references)) => self.event(whole, references),
            Some(("now", word)) => match encoding(word) {
                Some(encoding) if encoding.is_time() => self.pieces.push(Piece::Now(encoding)),
                _ => {
                    let message = format!("`{word}` is no form of a time");
                    self.fail(whole, message, &time_hint());
                }
            },
            _ => self.fail(whole, format!("`{whole}` is not a hole"), HOLE),
        }
    }

    fn event(&mut self, whole: &'s str, references: &'s str) {
        let mut found = Vec::new();
        for text in references.split('|') {
            match Reference::parse(text) {
                Some(reference) => found.push(reference),
                None if is_name(text) => found.push(Reference::Config(text)),
                None => {
                    let message = format!("`{text}` in a hole leads nowhere");
                    let hint = "write a value of the event and then, for events without it, a config \
                                field: `{event:data.category|category}`";
                    self.fail(whole, message, hint);
                    return;
                }
            }
        }
        self.pieces.push(Piece::Event(found));
    }

    fn fail(&mut self, part: &'s str, message: String, hint: &str) {
        self.broken.push(Broken {
            part,
            message,
            hint: hint.to_owned(),
        });
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The encoding of a word.
#[must_use]
pub fn encoding(word: &str) -> Option<ValueEncoding> {
    serde_json::from_value(word.into()).ok()
}

/// The forms of a time, for a hint.
#[must_use]
pub fn time_hint() -> String {
    "one of `unix_s`, `unix_ms`, `unix_ms_float`, `unix_us`, `unix_ns`, `unix_ns_text`, `unix_seconds`, \
     `rfc3339_ms`, `rfc3339_us`, `rfc3339_ns`, `spaced_ms`, `spaced_ns`"
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spec::model::EventPart;

    #[test]
    fn holes_are_found_in_order() {
        let found = pieces("a{{{site}}}/{event:data.x|site}{now:unix_ms}");

        let key = Reference::Key(EventPart::Data, "x");
        let expected = [
            Piece::Literal("a{".to_owned()),
            Piece::Setting("site"),
            Piece::Literal("}/".to_owned()),
            Piece::Event(vec![key, Reference::Config("site")]),
            Piece::Now(ValueEncoding::UnixMs),
        ];
        assert_eq!(found, Ok(Vec::from(expected)));
    }

    #[test]
    fn broken_holes_are_named() {
        for broken in [
            "a{b",
            "a}b",
            "a{}b",
            "a{b c}",
            "{now:level_map}",
            "{event:}",
            "{event:foo.x}",
        ] {
            assert!(pieces(broken).is_err(), "{broken}");
        }
    }
}
