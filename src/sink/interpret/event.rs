//! An entry as fapilog writes it, in the form that records are made of. The rule for odd entries is
//! stated in docs/events.md.

use serde_json::{Map, Value as Json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::super::model::EventPart;
use crate::spec::model::LevelName;

/// One structured log item.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Nanoseconds since 1970.
    pub timestamp: i64,
    /// In lower case; one of the nine, or a word of the application's own.
    pub level: String,
    /// What happened, in words.
    pub message: String,
    /// Empty when unknown.
    pub logger: String,
    /// Correlation and request identifiers.
    pub context: Map<String, Json>,
    /// Service, host, process, exception.
    pub diagnostics: Map<String, Json>,
    /// What the application logged besides the message.
    pub data: Map<String, Json>,
}

/// Nanoseconds since 1970.
pub type Time = i64;

impl Event {
    /// Reads an entry; one without a time gets `now`.
    #[must_use]
    pub fn read(entry: &Json, now: Time) -> Self {
        let mut entry = unwrapped(entry);
        let timestamp = entry.shift_remove("timestamp");
        let level = entry.shift_remove("level");
        let mut event = Self {
            timestamp: timestamp.as_ref().and_then(read_time).unwrap_or(now),
            level: read_level(level.as_ref()),
            message: take_text(&mut entry, "message"),
            logger: take_text(&mut entry, "logger"),
            context: take_object(&mut entry, "context"),
            diagnostics: take_object(&mut entry, "diagnostics"),
            data: take_object(&mut entry, "data"),
        };
        event.context.retain(|_, value| !value.is_null());
        for (key, value) in entry {
            event.data.entry(key).or_insert(value);
        }
        event
    }

    /// A part.
    #[must_use]
    pub const fn part(&self, part: EventPart) -> &Map<String, Json> {
        match part {
            EventPart::Context => &self.context,
            EventPart::Diagnostics => &self.diagnostics,
            EventPart::Data => &self.data,
        }
    }

    /// A value of a part; a null counts as absent.
    #[must_use]
    pub fn lookup(&self, part: EventPart, path: &[String]) -> Option<&Json> {
        let (first, rest) = path.split_first()?;
        let mut value = self.part(part).get(first)?;
        for step in rest {
            value = value.get(step)?;
        }
        (!value.is_null()).then_some(value)
    }

    /// Position of the level in [`LevelName::ALL`]; `None` for a word of the application's own.
    #[must_use]
    pub fn level_index(&self) -> Option<usize> {
        let mut names = LevelName::ALL.iter();
        names.position(|name| name.name() == self.level)
    }
}

fn unwrapped(entry: &Json) -> Map<String, Json> {
    let Json::Object(entry) = entry else {
        return Map::new();
    };
    match entry.get("log") {
        Some(Json::Object(log))
            if entry
                .keys()
                .all(|key| key == "log" || key == "schema_version") =>
        {
            log.clone()
        }
        _ => entry.clone(),
    }
}

fn read_time(value: &Json) -> Option<Time> {
    if let Some(text) = value.as_str() {
        let parsed = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        return i64::try_from(parsed.unix_timestamp_nanos()).ok();
    }
    let seconds = value.as_f64()?;
    #[expect(clippy::cast_possible_truncation, reason = "a cast from f64 saturates")]
    let micros = (seconds * 1e6).round() as i64;
    Some(micros.saturating_mul(1_000))
}

fn read_level(value: Option<&Json>) -> String {
    let word = match value {
        Some(Json::String(word)) => word.to_lowercase(),
        _ => "info".to_owned(),
    };
    match word.as_str() {
        "warn" => "warning".to_owned(),
        "fatal" => "critical".to_owned(),
        _ => word,
    }
}

fn take_text(entry: &mut Map<String, Json>, key: &str) -> String {
    match entry.shift_remove(key) {
        Some(Json::String(text)) => text,
        None | Some(Json::Null) => String::new(),
        Some(other) => other.to_string(),
    }
}

fn take_object(entry: &mut Map<String, Json>, key: &str) -> Map<String, Json> {
    match entry.shift_remove(key) {
        Some(Json::Object(map)) => map,
        _ => Map::new(),
    }
}
