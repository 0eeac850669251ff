//! One event in a stream: its time, its line, its metadata.

use std::cell::RefCell;

use serde_json::Value;

use super::super::super::cloud_sink_base::{Timestamp, push_json, value_text};

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
        timestamp.push_unix_nanos(out);
        out.push(b'"');
        Self {
            out,
            has_metadata: false,
        }
    }

    /// Adds the line, which `write` appends as JSON.
    pub fn line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            write(line);
            self.out.extend_from_slice(b",\"");
            push_escaped(self.out, line);
            self.out.push(b'"');
        });
    }

    /// Adds metadata that is text; empty text is left out.
    pub fn string(&mut self, key: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        let opening: &[u8] = if self.has_metadata { b",\"" } else { b",{\"" };
        self.out.extend_from_slice(opening);
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        push_json(self.out, text);
        self.has_metadata = true;
    }

    /// Adds metadata of any type, as text.
    pub fn value(&mut self, key: &'static str, value: &Value) {
        if let Some(text) = value_text(value) {
            self.string(key, &text);
        }
    }

    /// Closes the entry.
    pub fn end(self) {
        let closing: &[u8] = if self.has_metadata { b"}]" } else { b"]" };
        self.out.extend_from_slice(closing);
    }
}

/// Appends compact JSON as the inside of a JSON string. It has no control characters left, so only
/// quotes and backslashes need a backslash.
fn push_escaped(out: &mut Vec<u8>, json: &[u8]) {
    out.reserve(json.len() + json.len() / 8);
    let mut rest = json;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(&[b'\\', rest[at]]);
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
