//! JSON within JSON: a whole value as one text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::cloud_sink_base::{ToText, filled, push_json};

/// Appends a JSON text whose content is what `write` writes and `end`; nothing where it writes
/// nothing.
pub fn json_text(end: &str, write: impl FnOnce(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let written = written(end, write)?;
    let text = String::from_utf8_lossy(&written);
    let mut json = Vec::with_capacity(text.len() + text.len() / 8);
    push_json(&mut json, &*text);
    Some(json)
}

/// [`json_text`] in base64.
pub fn base64(end: &str, write: impl FnOnce(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let written = written(end, write)?;
    Some(format!("\"{}\"", STANDARD.encode(written)).into_bytes())
}

/// Text in base64.
#[must_use]
pub fn base64_text(text: &str) -> String {
    STANDARD.encode(text)
}

/// Text made of pieces, in base64; `None` when one of them is absent.
#[must_use]
pub fn base64_of(pieces: &[&dyn ToText]) -> Option<String> {
    filled(pieces).map(|text| base64_text(&text))
}

fn written(end: &str, write: impl FnOnce(&mut Vec<u8>)) -> Option<Vec<u8>> {
    let mut json = Vec::new();
    write(&mut json);
    if json.is_empty() {
        return None;
    }
    json.extend_from_slice(end.as_bytes());
    Some(json)
}
