//! Entries of any shape, brought into the parts of an event.
//!
//! `docs/events.md` of the generator has the rule as a table. Nothing fails and nothing is lost:
//! what cannot be read where it stands goes to `data`.

use serde_json::{Map, Value};

use super::event::EventTime;
use super::{Level, Timestamp, value_text};

/// What fapilog's envelope holds. In every other entry `log` is a field.
pub(super) fn unwrapped(mut entry: Value) -> Value {
    let Value::Object(envelope) = &mut entry else {
        return entry;
    };
    let is_envelope =
        envelope.len() == 1 || (envelope.len() == 2 && envelope.contains_key("schema_version"));
    match envelope.get_mut("log") {
        Some(log @ Value::Object(_)) if is_envelope => log.take(),
        _ => entry,
    }
}

/// What an entry holds, by the parts of an event.
#[derive(Debug)]
pub(super) struct Parts {
    pub(super) timestamp: Option<Timestamp>,
    pub(super) level: Level,
    pub(super) message: String,
    pub(super) logger: String,
    pub(super) context: Map<String, Value>,
    pub(super) diagnostics: Map<String, Value>,
    pub(super) data: Map<String, Value>,
    has_unreadable_time: bool,
}

impl Parts {
    /// Reads an entry; one that is no object is a message.
    pub(super) fn of(entry: Value) -> Self {
        let mut parts = Self {
            timestamp: None,
            level: Level::Info,
            message: String::new(),
            logger: String::new(),
            context: Map::new(),
            diagnostics: Map::new(),
            data: Map::new(),
            has_unreadable_time: false,
        };
        let Value::Object(entry) = entry else {
            parts.message = text(entry);
            return parts;
        };
        let mut strays = Vec::new();
        for (key, value) in entry {
            if let Err(value) = parts.place(&key, value) {
                strays.push((key, value));
            }
        }
        parts.context.retain(|_, value| !value.is_null());
        parts.add_strays(strays);
        parts
    }

    pub(super) fn time(&self) -> EventTime {
        match self.timestamp {
            Some(_) => EventTime::Read,
            None if self.has_unreadable_time => EventTime::Unreadable,
            None => EventTime::Missing,
        }
    }

    /// Takes a value where it belongs, or gives it back.
    fn place(&mut self, key: &str, value: Value) -> Result<(), Value> {
        match key {
            "message" => self.message = text(value),
            "logger" => self.logger = text(value),
            "timestamp" => {
                self.timestamp = timestamp(&value);
                if self.timestamp.is_none() && !is_blank(&value) {
                    self.has_unreadable_time = true;
                    return Err(value);
                }
            }
            "level" => self.level = level(&value).ok_or(value)?,
            "context" => self.context = object(value)?,
            "diagnostics" => self.diagnostics = object(value)?,
            "data" => self.data = object(value)?,
            _ => return Err(value),
        }
        Ok(())
    }

    /// Adds what has no place to `data`, with `_` appended to a key while that is taken.
    fn add_strays(&mut self, strays: Vec<(String, Value)>) {
        if strays.is_empty() {
            return;
        }
        self.data.retain(|_, value| !value.is_null());
        for (mut key, value) in strays {
            if value.is_null() {
                continue;
            }
            while self.data.contains_key(&key) {
                key.push('_');
            }
            self.data.insert(key, value);
        }
    }
}

fn timestamp(value: &Value) -> Option<Timestamp> {
    match value {
        Value::String(text) => Timestamp::parse(text).ok(),
        Value::Number(number) => Timestamp::from_number(number).ok(),
        _ => None,
    }
}

fn is_blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.trim_matches([' ', '\t', '\r', '\n']).is_empty(),
        _ => false,
    }
}

fn level(value: &Value) -> Option<Level> {
    match value {
        Value::Null => Some(Level::Info),
        Value::String(word) => Some(Level::parse(word)),
        Value::Number(number) => number.as_f64().map(Level::from_number),
        _ => None,
    }
}

/// A value where only a text will do: text as it is, null as none, the rest as JSON.
fn text(value: Value) -> String {
    match value {
        Value::String(text) => text,
        other => value_text(&other).map_or_else(String::new, Into::into),
    }
}

fn object(value: Value) -> Result<Map<String, Value>, Value> {
    match value {
        Value::Object(map) => Ok(map),
        Value::Null => Ok(Map::new()),
        other => Err(other),
    }
}
