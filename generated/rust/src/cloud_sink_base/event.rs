//! What an application logged, in the shape fapilog's entries have.

use std::fmt;

use serde_json::{Map, Value};

use super::{Level, Timestamp};

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
        }
    }

    /// Reads an entry as fapilog writes it, alone or wrapped in `{"log": {…}}`.
    ///
    /// Nulls in `context` are dropped, unknown keys beside the seven known ones go to `data`, a
    /// missing level means `info`, and a numeric timestamp is seconds since 1970.
    ///
    /// # Errors
    ///
    /// [`EventError`] when the value is no object, has no timestamp, or a known key has another
    /// type.
    pub fn from_json(value: Value) -> Result<Self, EventError> {
        let Value::Object(mut entry) = value else {
            return Err(EventError::NotAnObject);
        };
        if let Some(Value::Object(log)) = entry.get_mut("log") {
            entry = std::mem::take(log);
        }
        let timestamp = entry
            .shift_remove("timestamp")
            .ok_or(EventError::NoTimestamp)?;
        let timestamp = read_timestamp(&timestamp)?;
        let message = take_text(&mut entry, "message")?;
        let mut event = Self::new(timestamp, take_level(&mut entry)?, message);
        event.logger = take_text(&mut entry, "logger")?;
        event.context = take_object(&mut entry, "context")?;
        event.context.retain(|_, value| !value.is_null());
        event.diagnostics = take_object(&mut entry, "diagnostics")?;
        event.data = take_object(&mut entry, "data")?;
        for (key, value) in entry {
            event.data.entry(key).or_insert(value);
        }
        Ok(event)
    }
}

fn read_timestamp(value: &Value) -> Result<Timestamp, EventError> {
    if let Some(text) = value.as_str() {
        return Timestamp::parse_rfc3339(text).map_err(|_| EventError::Timestamp(text.to_owned()));
    }
    let seconds = value.as_f64().ok_or(EventError::WrongType {
        key: "timestamp",
        expected: "text or a number",
    })?;
    // Microseconds are what a double can hold of today's seconds; more digits would be noise.
    #[expect(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
    let micros = (seconds * 1e6).round() as i64;
    Ok(Timestamp::from_unix_nanos(micros.saturating_mul(1_000)))
}

fn take_level(entry: &mut Map<String, Value>) -> Result<Level, EventError> {
    match entry.shift_remove("level") {
        Some(Value::String(word)) => Ok(Level::parse(&word)),
        None => Ok(Level::Info),
        Some(_) => Err(EventError::WrongType {
            key: "level",
            expected: "text",
        }),
    }
}

fn take_text(entry: &mut Map<String, Value>, key: &'static str) -> Result<String, EventError> {
    match entry.shift_remove(key) {
        Some(Value::String(text)) => Ok(text),
        None | Some(Value::Null) => Ok(String::new()),
        Some(_) => Err(EventError::WrongType {
            key,
            expected: "text",
        }),
    }
}

fn take_object(
    entry: &mut Map<String, Value>,
    key: &'static str,
) -> Result<Map<String, Value>, EventError> {
    match entry.shift_remove(key) {
        Some(Value::Object(map)) => Ok(map),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(EventError::WrongType {
            key,
            expected: "an object",
        }),
    }
}

/// Why a JSON value is no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventError {
    /// The value is no JSON object.
    NotAnObject,
    /// The object has no `timestamp`.
    NoTimestamp,
    /// `timestamp` is no RFC 3339 time.
    Timestamp(String),
    /// A known key holds something else.
    WrongType {
        /// The key.
        key: &'static str,
        /// What it must hold.
        expected: &'static str,
    },
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnObject => f.write_str("an event is a JSON object"),
            Self::NoTimestamp => f.write_str("event has no `timestamp`"),
            Self::Timestamp(text) => write!(
                f,
                "`timestamp` is not an RFC 3339 time: `{}`",
                text.escape_debug()
            ),
            Self::WrongType { key, expected } => write!(f, "`{key}` must be {expected}"),
        }
    }
}

impl std::error::Error for EventError {}
