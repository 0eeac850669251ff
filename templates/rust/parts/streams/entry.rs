//! One event in a stream: its time, its line, its metadata.

use std::cell::RefCell;

use super::super::super::cloud_sink_base::{TimeFormat, Timestamp, ToText, push_json};

thread_local! {
    /// Where a line is written before it is escaped, kept for the next.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes one entry: `["<nanoseconds>","<line>",{metadata}]`, without metadata where there is none.
#[derive(Debug)]
pub struct StreamEntry<'a> {
    out: &'a mut Vec<u8>,
    has_metadata: bool,
}

impl<'a> StreamEntry<'a> {
    /// Opens the entry with its time.
    pub fn begin(out: &'a mut Vec<u8>, timestamp: Timestamp) -> Self {
        out.extend_from_slice(b"[\"");
        timestamp.push(TimeFormat::UnixNanos, out);
        out.push(b'"');
        Self {
            out,
            has_metadata: false,
        }
    }

    /// Adds the line, which `write` appends.
    pub fn line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            write(line);
            self.out.extend_from_slice(b",\"");
            push_escaped(self.out, line);
            self.out.push(b'"');
        });
    }

    /// Adds metadata, as text; what is absent or empty is left out.
    pub fn metadata(&mut self, key: &'static str, value: &dyn ToText) {
        let Some(text) = value.to_text() else { return };
        let opening: &[u8] = if self.has_metadata { b",\"" } else { b",{\"" };
        self.out.extend_from_slice(opening);
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        push_json(self.out, &*text);
        self.has_metadata = true;
    }

    /// Closes the entry.
    pub fn end(self) {
        let closing: &[u8] = if self.has_metadata { b"}]" } else { b"]" };
        self.out.extend_from_slice(closing);
    }
}

/// Bytes of the line of an entry, before it was escaped: what the provider's limit counts.
#[must_use]
pub fn line_length(entry: &[u8]) -> usize {
    let opening = b"\",\"";
    let start = entry
        .windows(opening.len())
        .position(|bytes| bytes == opening);
    let Some(start) = start else {
        return entry.len();
    };
    let mut rest = entry[start + opening.len()..].iter();
    let mut length = 0;
    while let Some(byte) = rest.next() {
        if *byte == b'"' {
            break;
        }
        // A control character is `\u00XX`, any other escape two bytes.
        if *byte == b'\\' && rest.next() == Some(&b'u') {
            rest.nth(3);
        }
        length += 1;
    }
    length
}

/// Appends text as the inside of a JSON string.
fn push_escaped(out: &mut Vec<u8>, text: &[u8]) {
    out.reserve(text.len() + text.len() / 8);
    let mut rest = text;
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    while let Some(at) = rest.iter().position(is_special) {
        out.extend_from_slice(&rest[..at]);
        let special = rest[at];
        if special < b' ' {
            // Compact JSON has none left; a line of plain text may.
            let mut escaped = Vec::new();
            push_json(&mut escaped, &char::from(special));
            out.extend_from_slice(&escaped[1..escaped.len() - 1]);
        } else {
            out.extend_from_slice(&[b'\\', special]);
        }
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
