//! OTLP logs as protobuf: the JSON form's text, written again as the same message in binary.
//!
//! The text comes from a sink's own encoder, so that both forms say the same; it is read once, from
//! its start to its end, and nothing is kept of it. A value that does not fit its field is left out:
//! of a trace that is no trace, a receiver would refuse the whole request.

use std::borrow::Cow;
use std::io::{self, Write};

use super::otlp_bytes::{from_base64, from_hex, push_varint, put_length, text_end, unescaped};

/// A message: the JSON name of each field, its number and its type.
type Message = &'static [(&'static str, u8, Kind)];

/// How a field goes over the wire. Lists repeat their field.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// A message of its own.
    Message(fn() -> Message),
    /// Text; numbers and booleans as JSON writes them.
    Text,
    /// Bytes, base64 in JSON.
    Bytes,
    /// So many bytes, hexadecimal in JSON.
    Id(usize),
    /// Whole number of variable length.
    Varint,
    /// Whole number of four bytes.
    Fixed32,
    /// Whole number of eight bytes.
    Fixed64,
    /// Number.
    Double,
    /// `true` or `false`.
    Bool,
}

// Source: opentelemetry-proto 1.9, logs/v1/logs.proto, common/v1/common.proto, resource/v1/resource.proto.
const REQUEST: Message = &[("resourceLogs", 1, Kind::Message(|| RESOURCE_LOGS))];
const RESOURCE_LOGS: Message = &[
    ("resource", 1, Kind::Message(|| RESOURCE)),
    ("scopeLogs", 2, Kind::Message(|| SCOPE_LOGS)),
    ("schemaUrl", 3, Kind::Text),
];
const RESOURCE: Message = &[
    ("attributes", 1, Kind::Message(|| KEY_VALUE)),
    ("droppedAttributesCount", 2, Kind::Varint),
];
const SCOPE_LOGS: Message = &[
    ("scope", 1, Kind::Message(|| SCOPE)),
    ("logRecords", 2, Kind::Message(|| LOG_RECORD)),
    ("schemaUrl", 3, Kind::Text),
];
const SCOPE: Message = &[
    ("name", 1, Kind::Text),
    ("version", 2, Kind::Text),
    ("attributes", 3, Kind::Message(|| KEY_VALUE)),
    ("droppedAttributesCount", 4, Kind::Varint),
];
const LOG_RECORD: Message = &[
    ("timeUnixNano", 1, Kind::Fixed64),
    ("severityNumber", 2, Kind::Varint),
    ("severityText", 3, Kind::Text),
    ("body", 5, Kind::Message(|| ANY_VALUE)),
    ("attributes", 6, Kind::Message(|| KEY_VALUE)),
    ("droppedAttributesCount", 7, Kind::Varint),
    ("flags", 8, Kind::Fixed32),
    ("traceId", 9, Kind::Id(16)),
    ("spanId", 10, Kind::Id(8)),
    ("observedTimeUnixNano", 11, Kind::Fixed64),
    ("eventName", 12, Kind::Text),
];
const ANY_VALUE: Message = &[
    ("stringValue", 1, Kind::Text),
    ("boolValue", 2, Kind::Bool),
    ("intValue", 3, Kind::Varint),
    ("doubleValue", 4, Kind::Double),
    ("arrayValue", 5, Kind::Message(|| ARRAY)),
    ("kvlistValue", 6, Kind::Message(|| KEY_VALUES)),
    ("bytesValue", 7, Kind::Bytes),
];
const ARRAY: Message = &[("values", 1, Kind::Message(|| ANY_VALUE))];
const KEY_VALUES: Message = &[("values", 1, Kind::Message(|| KEY_VALUE))];
const KEY_VALUE: Message = &[
    ("key", 1, Kind::Text),
    ("value", 2, Kind::Message(|| ANY_VALUE)),
];

/// Number of the records' field, as `ScopeLogs` has it.
const RECORDS: u8 = 2;

/// Most bytes that the lengths around records grow by: two, of one byte to five.
const GROWTH: usize = 8;

const VARINT: u8 = 0;
const EIGHT_BYTES: u8 = 1;
const DELIMITED: u8 = 2;
const FOUR_BYTES: u8 = 5;

/// Appends the record that `write` makes in JSON, with its tag and its length.
pub fn record(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let mut json = Vec::with_capacity(1024);
    write(&mut json);
    let mut writer = Writer::new(&json, out);
    writer.tag(RECORDS, DELIMITED);
    writer.delimited(LOG_RECORD);
}

/// Writes records into their place of `envelope`, whose JSON has `[\0]` there.
///
/// # Errors
///
/// Those of `out`.
pub fn within<'r>(
    envelope: &[u8],
    records: impl Iterator<Item = &'r [u8]> + Clone,
    out: &mut dyn Write,
) -> io::Result<()> {
    let levels = levels(envelope);
    let mut length: usize = records.clone().map(<[u8]>::len).sum();
    let mut lengths = Vec::with_capacity(levels.len());
    for (before, after) in &levels {
        length += before.len() + after.len();
        let mut prefix = Vec::new();
        push_varint(&mut prefix, length as u64);
        length += prefix.len();
        lengths.push(prefix);
    }
    // The request itself, the last of them, stands there without a length.
    lengths.pop();
    lengths.push(Vec::new());
    for ((before, _), length) in levels.iter().zip(&lengths).rev() {
        out.write_all(length)?;
        out.write_all(before)?;
    }
    for record in records {
        out.write_all(record)?;
    }
    for (_, after) in &levels {
        out.write_all(after)?;
    }
    Ok(())
}

/// Most bytes that `envelope` takes, the records aside.
#[must_use]
pub fn around(envelope: &[u8]) -> usize {
    let levels = levels(envelope);
    let lengths = levels.len().saturating_sub(1);
    let texts = levels
        .iter()
        .map(|(before, after)| before.len() + after.len());
    texts.sum::<usize>() + lengths + GROWTH
}

/// What stands before and after the records in each message that holds them, the innermost first.
fn levels(envelope: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut out = Vec::new();
    let mut writer = Writer::new(envelope, &mut out);
    writer.delimited(REQUEST);
    writer.levels
}

/// Reads JSON text and writes the message.
struct Writer<'j, 'o> {
    json: &'j [u8],
    at: usize,
    out: &'o mut Vec<u8>,
    /// Where in `out` the records go, once that is known.
    place: Option<usize>,
    levels: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'j, 'o> Writer<'j, 'o> {
    const fn new(json: &'j [u8], out: &'o mut Vec<u8>) -> Self {
        Self {
            json,
            at: 0,
            out,
            place: None,
            levels: Vec::new(),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.json.get(self.at).copied()
    }

    fn tag(&mut self, number: u8, wire: u8) {
        self.out.push(number << 3 | wire);
    }

    /// An object as a message after its length; one around the records becomes a level instead.
    fn delimited(&mut self, message: Message) {
        let start = self.out.len();
        self.members(message);
        if let Some(place) = self.place.filter(|place| *place >= start) {
            let after = self.out.split_off(place);
            let before = self.out.split_off(start);
            self.levels.push((before, after));
            self.place = Some(start);
            return;
        }
        put_length(self.out, start);
    }

    fn members(&mut self, message: Message) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => {
                    let key = self.text();
                    self.at += 1; // The colon.
                    match message.iter().find(|(name, ..)| *name == key) {
                        Some((_, number, kind)) => self.value(*number, *kind),
                        None => self.skip(),
                    }
                }
                b'}' => {
                    self.at += 1;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }

    fn items(&mut self, number: u8, kind: Kind) {
        self.at += 1;
        while let Some(byte) = self.peek() {
            match byte {
                0 => {
                    self.at += 1;
                    self.place = Some(self.out.len());
                }
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return;
                }
                _ => self.value(number, kind),
            }
        }
    }

    fn value(&mut self, number: u8, kind: Kind) {
        match (self.peek(), kind) {
            (Some(b'['), _) => self.items(number, kind),
            (Some(b'{'), Kind::Message(message)) => {
                self.tag(number, DELIMITED);
                self.delimited(message());
            }
            (Some(b'{'), _) => self.skip(),
            (Some(b'"'), _) => {
                let text = self.text();
                self.scalar(number, kind, &text, true);
            }
            _ => {
                let text = self.word();
                self.scalar(number, kind, text, false);
            }
        }
    }

    fn scalar(&mut self, number: u8, kind: Kind, text: &str, is_text: bool) {
        match kind {
            Kind::Text if is_text || text != "null" => self.bytes(number, text.as_bytes()),
            Kind::Bytes if is_text => {
                if let Some(bytes) = from_base64(text) {
                    self.bytes(number, &bytes);
                }
            }
            Kind::Id(length) if is_text => {
                if let Some(bytes) = from_hex(text).filter(|bytes| bytes.len() == length) {
                    self.bytes(number, &bytes);
                }
            }
            Kind::Varint => {
                if let Ok(value) = text.parse::<i64>() {
                    self.tag(number, VARINT);
                    push_varint(self.out, value.cast_unsigned());
                }
            }
            Kind::Fixed32 => {
                if let Ok(value) = text.parse::<u32>() {
                    self.tag(number, FOUR_BYTES);
                    self.out.extend(value.to_le_bytes());
                }
            }
            Kind::Fixed64 => {
                if let Ok(value) = text.parse::<u64>() {
                    self.tag(number, EIGHT_BYTES);
                    self.out.extend(value.to_le_bytes());
                }
            }
            Kind::Double if !is_text => {
                if let Ok(value) = text.parse::<f64>() {
                    self.tag(number, EIGHT_BYTES);
                    self.out.extend(value.to_le_bytes());
                }
            }
            Kind::Bool if !is_text && matches!(text, "true" | "false") => {
                self.tag(number, VARINT);
                self.out.push(u8::from(text == "true"));
            }
            _ => {}
        }
    }

    fn bytes(&mut self, number: u8, bytes: &[u8]) {
        self.tag(number, DELIMITED);
        push_varint(self.out, bytes.len() as u64);
        self.out.extend_from_slice(bytes);
    }

    /// The text that begins here, its escapes resolved.
    fn text(&mut self) -> Cow<'j, str> {
        let start = self.at + 1;
        let end = text_end(self.json, start);
        self.at = end + 1;
        let inside = self.json.get(start..end).unwrap_or_default();
        unescaped(&String::from_utf8_lossy(inside))
            .map_or_else(|| String::from_utf8_lossy(inside), Cow::Owned)
    }

    /// A number or a word, and at least one byte, so that no text holds the reader up.
    fn word(&mut self) -> &'j str {
        let rest = self.json.get(self.at..).unwrap_or_default();
        let is_end = |byte: &u8| matches!(byte, b',' | b']' | b'}');
        let length = rest.iter().position(is_end).unwrap_or(rest.len()).max(1);
        self.at += length;
        let word = rest.get(..length).unwrap_or_default();
        std::str::from_utf8(word).unwrap_or_default()
    }

    /// Goes past a value of a field that the message does not have.
    fn skip(&mut self) {
        let mut depth = 0_usize;
        while let Some(byte) = self.peek() {
            match byte {
                b'"' => self.at = text_end(self.json, self.at + 1),
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => depth -= 1,
                b'}' | b']' | b',' if depth == 0 => return,
                _ => {}
            }
            self.at += 1;
        }
    }
}
