//! An event as one line of text.

use super::super::cloud_sink_base::ToText;

/// Writes one line: values as text, one after the other; absent ones leave nothing, line breaks in
/// them become spaces.
#[derive(Debug)]
pub struct Line<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Line<'a> {
    /// A line at the end of `out`.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Adds a value.
    pub fn add(&mut self, value: &dyn ToText) {
        if let Some(text) = value.to_text() {
            self.push(text.as_bytes());
        }
    }

    /// Adds text made of pieces; nothing when one of them is absent.
    pub fn text(&mut self, pieces: &[&dyn ToText]) {
        let texts: Option<Vec<_>> = pieces.iter().map(ToText::to_text).collect();
        for text in texts.unwrap_or_default() {
            self.push(text.as_bytes());
        }
    }

    /// Adds what is JSON already: a text as its content, anything else as it is.
    pub fn json(&mut self, json: Option<&[u8]>) {
        let Some(json) = json else { return };
        match serde_json::from_slice::<String>(json) {
            Ok(text) => self.push(text.as_bytes()),
            Err(_) => self.push(json),
        }
    }

    fn push(&mut self, text: &[u8]) {
        let bytes = text.iter();
        self.out.extend(bytes.map(|byte| match byte {
            b'\r' | b'\n' => b' ',
            other => *other,
        }));
    }
}
