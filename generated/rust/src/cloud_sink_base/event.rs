//! What an application logged, in the shape fapilog's entries have.

use std::time::SystemTime;

use serde_json::{Map, Value};

use super::entry::{Parts, unwrapped};
use super::{JsonObject, Level, TimeFormat, Timestamp, push_map};

/// One structured log item.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it happened; travels to the provider, never the time of sending.
    pub timestamp: Timestamp,
    /// How serious it is.
    pub level: Level,
    /// What happened, in words.
    pub message: String,
    /// Who says so: a logger's name or a module path. Empty when unknown.
    pub logger: String,
    /// Correlation and request identifiers.
    pub context: Map<String, Value>,
    /// Service, host, process, exception.
    pub diagnostics: Map<String, Value>,
    /// What the application logged besides the message.
    pub data: Map<String, Value>,
    /// Where `timestamp` comes from.
    pub time: EventTime,
}

/// Where the time of an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventTime {
    /// From the entry, or from whoever made the event.
    Read,
    /// The entry had none; the event has the time at which it was accepted.
    Missing,
    /// So has this one; what the entry had is in `data`.
    Unreadable,
}

impl Event {
    /// An event without logger, context, diagnostics and data.
    pub fn new(timestamp: Timestamp, level: Level, message: impl Into<String>) -> Self {
        Self {
            timestamp,
            level,
            message: message.into(),
            logger: String::new(),
            context: Map::new(),
            diagnostics: Map::new(),
            data: Map::new(),
            time: EventTime::Read,
        }
    }

    /// Reads an entry, alone or in fapilog's envelope `{"log": {…}, "schema_version": …}`.
    ///
    /// Never fails, whatever the entry is; `docs/events.md` of the generator has the rule as a
    /// table. An entry without a readable timestamp happens now, and `time` tells so.
    #[must_use]
    pub fn from_json(entry: Value) -> Self {
        Self::from_parts(Parts::of(unwrapped(entry)), || {
            Timestamp::from_system_time(SystemTime::now())
        })
    }

    /// [`Event::from_json`] with another now.
    #[must_use]
    pub fn from_json_at(entry: Value, now: Timestamp) -> Self {
        Self::from_parts(Parts::of(unwrapped(entry)), || now)
    }

    /// Reads an entry from the bytes of its JSON text. What is no JSON is a message; bytes that are
    /// no UTF-8 become U+FFFD.
    #[must_use]
    pub fn from_slice(entry: &[u8]) -> Self {
        Self::from_json(parsed(entry))
    }

    /// [`Event::from_slice`] with another now.
    #[must_use]
    pub fn from_slice_at(entry: &[u8], now: Timestamp) -> Self {
        Self::from_json_at(parsed(entry), now)
    }

    /// The entry that this event is read from again, as JSON.
    #[must_use]
    pub fn to_entry(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut entry = JsonObject::begin(&mut out);
        entry.time("timestamp", self.timestamp, TimeFormat::Rfc3339Nanos);
        entry.string("level", self.level.as_lower());
        entry.string("message", &self.message);
        entry.string("logger", &self.logger);
        entry.raw("context", |out| push_map(out, &self.context));
        entry.raw("diagnostics", |out| push_map(out, &self.diagnostics));
        entry.raw("data", |out| push_map(out, &self.data));
        entry.end();
        out
    }

    fn from_parts(parts: Parts, now: impl FnOnce() -> Timestamp) -> Self {
        let time = parts.time();
        Self {
            timestamp: parts.timestamp.unwrap_or_else(now),
            level: parts.level,
            message: parts.message,
            logger: parts.logger,
            context: parts.context,
            diagnostics: parts.diagnostics,
            data: parts.data,
            time,
        }
    }
}

fn parsed(entry: &[u8]) -> Value {
    let text = String::from_utf8_lossy(entry);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()))
}
