//! An entry of any shape, in the form that records are made of. The rule is stated in docs/events.md.
//!
//! Words of levels and forms of times are read by the files of the Rust runtime itself: they are
//! tables, and tests/events/cases.json holds them to the page.

use serde_json::{Map, Number, Value as Json};

use super::super::model::EventPart;
use super::encode::text_of;
use super::level::Level;
use super::time_text::{nanos_of_number, nanos_of_text};
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
    /// Reads an entry; one without a readable time gets `now`.
    #[must_use]
    pub fn read(entry: &Json, now: Time) -> Self {
        let mut event = Self {
            timestamp: now,
            level: "info".to_owned(),
            message: String::new(),
            logger: String::new(),
            context: Map::new(),
            diagnostics: Map::new(),
            data: Map::new(),
        };
        let Json::Object(entry) = unwrapped(entry) else {
            event.message = read_text(entry);
            return event;
        };
        // `data` may stand behind them, and what it has is not replaced.
        let strays: Vec<_> = entry
            .iter()
            .filter(|(key, value)| !value.is_null() && !event.takes(key, value))
            .collect();
        for part in [&mut event.context, &mut event.diagnostics, &mut event.data] {
            part.retain(|_, value| !value.is_null());
        }
        for (key, value) in strays {
            event.add_stray(key.clone(), value.clone());
        }
        event
    }

    /// Reads an entry from its bytes; what is no JSON is a message.
    #[must_use]
    pub fn from_slice(bytes: &[u8], now: Time) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let entry = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        Self::read(&entry, now)
    }

    /// Takes a value that is not null to where it belongs; whether there is such a place.
    fn takes(&mut self, key: &str, value: &Json) -> bool {
        match (key, value) {
            ("message", value) => self.message = read_text(value),
            ("logger", value) => self.logger = read_text(value),
            ("timestamp", Json::String(text)) if trimmed(text).is_empty() => {}
            ("timestamp", value) => match read_time(value) {
                Some(timestamp) => self.timestamp = timestamp,
                None => return false,
            },
            ("level", value) => match read_level(value) {
                Some(level) => self.level = level,
                None => return false,
            },
            ("context", Json::Object(part)) => self.context.clone_from(part),
            ("diagnostics", Json::Object(part)) => self.diagnostics.clone_from(part),
            ("data", Json::Object(part)) => self.data.clone_from(part),
            _ => return false,
        }
        true
    }

    /// Adds what has no place to `data`.
    fn add_stray(&mut self, mut key: String, value: Json) {
        while self.data.contains_key(&key) {
            key.push('_');
        }
        self.data.insert(key, value);
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

/// What fapilog's envelope holds; every other entry as it is.
fn unwrapped(entry: &Json) -> &Json {
    let Json::Object(envelope) = entry else {
        return entry;
    };
    let mut keys = envelope.keys();
    match envelope.get("log") {
        Some(log @ Json::Object(_)) if keys.all(|key| key == "log" || key == "schema_version") => {
            log
        }
        _ => entry,
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// Nanoseconds since 1970, within 64 bits.
fn read_time(value: &Json) -> Option<Time> {
    let nanos = match value {
        Json::String(text) => nanos_of_text(trimmed(text)),
        Json::Number(number) => nanos_of_number(&digits_of(number)),
        _ => None,
    };
    i64::try_from(nanos?).ok()
}

/// A double is the decimal number it prints as, with an exponent where it is long.
fn digits_of(number: &Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(double) => format!("{double:e}"),
        None => number.to_string(),
    }
}

fn read_level(value: &Json) -> Option<String> {
    let level = match value {
        Json::String(word) => Level::parse(word),
        Json::Number(number) => Level::from_number(number.as_f64()?),
        _ => return None,
    };
    Some(level.as_lower().to_owned())
}

/// Text as it is, null as nothing, the rest as its JSON.
fn read_text(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        other => text_of(other),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// What the case's event is made from; `None` for what only Python can hand over.
    fn read(case: &Json, now: Time) -> Option<Event> {
        if let Some(entry) = case.get("entry") {
            return Some(Event::read(entry, now));
        }
        if let Some(text) = case["text"].as_str() {
            return Some(Event::from_slice(text.as_bytes(), now));
        }
        let hex = case["hex"].as_str()?.as_bytes();
        let digits = hex.chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).expect("ASCII");
            u8::from_str_radix(pair, 16).expect("hex")
        });
        Some(Event::from_slice(&digits.collect::<Vec<u8>>(), now))
    }

    #[test]
    fn every_entry_is_read_as_the_page_of_events_says() {
        let file = include_str!("../../../tests/events/cases.json");
        let file: Json = serde_json::from_str(file).expect("JSON");
        let now = file["accepted_at"].as_i64().expect("nanoseconds");
        let mut compared = 0;
        for case in file["cases"].as_array().expect("a list") {
            let Some(event) = read(case, now) else {
                continue;
            };
            let expected = &case["expected"];
            let part = |key: &str| expected.get(key).cloned().unwrap_or_else(|| json!({}));
            let text = |key: &str| expected[key].as_str().unwrap_or_default().to_owned();
            let wanted = (
                expected["timestamp"].as_i64().unwrap_or(now),
                expected["level"].as_str().unwrap_or("info").to_owned(),
                [text("message"), text("logger")],
                // As text: the order of keys counts.
                ["context", "diagnostics", "data"].map(|key| part(key).to_string()),
            );
            let found = (
                event.timestamp,
                event.level,
                [event.message, event.logger],
                [event.context, event.diagnostics, event.data]
                    .map(|part| Json::Object(part).to_string()),
            );

            assert_eq!(found, wanted, "{}", case["says"]);
            compared += 1;
        }
        assert!(compared > 150, "only {compared} cases were read");
    }
}
