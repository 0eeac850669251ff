//! Texts with `{field}` holes, taken apart.

use crate::spec::model::Spec;

/// A piece of such a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'t> {
    /// Text that stays as it is.
    Text(&'t str),
    /// The key of a setting that stands here.
    Setting(&'t str),
}

/// The pieces of `text` in order. Braces around anything but a setting's key are text.
#[must_use]
pub fn pieces<'t>(spec: &Spec, text: &'t str) -> Vec<Piece<'t>> {
    let mut pieces = Vec::new();
    let (mut start, mut from) = (0, 0);
    while let Some(open) = text[from..].find('{').map(|open| from + open) {
        let key = text[open + 1..].split_once('}').map(|(key, _)| key);
        let Some(key) = key.filter(|key| spec.config.contains_key(*key)) else {
            from = open + 1;
            continue;
        };
        pieces.push(Piece::Text(&text[start..open]));
        pieces.push(Piece::Setting(key));
        start = open + key.len() + 2;
        from = start;
    }
    pieces.push(Piece::Text(&text[start..]));
    pieces.retain(|piece| *piece != Piece::Text(""));
    pieces
}

/// The keys of the settings that stand in `text`.
#[must_use]
pub fn settings<'t>(spec: &Spec, text: &'t str) -> Vec<&'t str> {
    let pieces = pieces(spec, text).into_iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Text(_) => None,
            Piece::Setting(key) => Some(key),
        })
        .collect()
}
