//! Texts with holes, and literal text where a URL needs it encoded.

use std::fmt::Write as _;

use super::Lowering;
use super::value::time;
use crate::sink::model::{Piece, Text};
use crate::spec::template::{self, Piece as Hole};

/// Where a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// In a record: values of the event are its own.
    Record,
    /// Outside: all events of a request share them.
    Request,
}

/// Characters of a path that stay as they are, besides letters and digits.
const PATH: &str = "-._~!$&()*+,;=:@/";

/// The same for names and values of the query.
const QUERY: &str = "-._~!$()*,;:@/?";

impl Lowering<'_> {
    /// A text of the spec.
    pub(super) fn text(&mut self, text: &str, place: Place) -> Text {
        match template::pieces(text) {
            Ok(pieces) => self.filled(&pieces, place),
            Err(_) => super::broken("a text with a broken hole"),
        }
    }

    pub(super) fn filled(&mut self, pieces: &[Hole<'_>], place: Place) -> Text {
        let pieces = pieces.iter().map(|piece| self.piece(piece, place));
        Text {
            pieces: pieces.collect(),
        }
    }

    fn piece(&mut self, piece: &Hole<'_>, place: Place) -> Piece {
        match piece {
            Hole::Literal(text) => Piece::Literal(text.clone()),
            Hole::Setting(name) => Piece::Setting(self.setting(name)),
            Hole::Now(encoding) => Piece::Now(time(*encoding)),
            Hole::Event(references) => {
                let chain = self.text_chain(references);
                match place {
                    Place::Record => Piece::Event(Box::new(chain)),
                    Place::Request => Piece::Shared(self.shared(chain)),
                }
            }
        }
    }

    /// A text of a path, its literals percent-encoded where they need it.
    pub(super) fn path(&mut self, text: &str) -> Text {
        encoded(self.text(text, Place::Request), PATH)
    }

    /// A value of the query.
    pub(super) fn query_value(&mut self, text: &str) -> Text {
        encoded(self.text(text, Place::Request), QUERY)
    }
}

/// A name of the query.
pub(super) fn query_name(name: &str) -> String {
    percent_encoded(name, QUERY)
}

fn encoded(mut text: Text, kept: &str) -> Text {
    for piece in &mut text.pieces {
        if let Piece::Literal(literal) = piece {
            *literal = percent_encoded(literal, kept);
        }
    }
    text
}

/// Letters, digits, what is kept, and escapes stay; the bytes of all else become `%XX`.
fn percent_encoded(text: &str, kept: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, character) in text.char_indices() {
        let stays = character.is_ascii_alphanumeric() || kept.contains(character);
        if stays || character == '%' && is_escape(&text[at..]) {
            out.push(character);
            continue;
        }
        for byte in character.encode_utf8(&mut [0; 4]).bytes() {
            // A String takes everything.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn is_escape(text: &str) -> bool {
    let digits = text.as_bytes().get(1..3);
    digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_are_encoded_by_one_rule() {
        assert_eq!(
            percent_encoded("a#b&c=d+e ä\"'%2F%", QUERY),
            "a%23b%26c%3Dd%2Be%20%C3%A4%22%27%2F%25"
        );
        assert_eq!(percent_encoded("/v1/a b:write", PATH), "/v1/a%20b:write");
        assert_eq!(
            percent_encoded("took,items.*.status", QUERY),
            "took,items.*.status"
        );
    }
}
