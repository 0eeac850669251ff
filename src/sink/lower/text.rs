//! Texts with holes.

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
}
