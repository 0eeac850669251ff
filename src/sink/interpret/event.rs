//! An entry as fapilog writes it, in the form that records are made of. The rule for odd entries is
//! stated in docs/events.md.

use serde_json::{Map, Value as Json};

use super::super::model::EventPart;
use super::encode::text_of;
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
    /// Reads an entry; one without a time gets `now`. Nothing fails and nothing is lost: what cannot be
    /// read where it stands goes to `data`.
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
            event.message = words(entry);
            return event;
        };
        let mut strays = Vec::new();
        for (key, value) in entry {
            if !event.place(key, value) && !value.is_null() {
                strays.push((key.clone(), value.clone()));
            }
        }
        event.context.retain(|_, value| !value.is_null());
        event.take_strays(strays);
        event
    }

    /// Reads an entry from its bytes; what is no JSON is a message.
    #[must_use]
    pub fn read_bytes(entry: &[u8], now: Time) -> Self {
        let text = String::from_utf8_lossy(entry);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        match serde_json::from_str(text) {
            Ok(entry) => Self::read(&entry, now),
            Err(_) => Self::read(&text.into(), now),
        }
    }

    /// Takes a value where it belongs; `false` where it belongs nowhere.
    fn place(&mut self, key: &str, value: &Json) -> bool {
        match key {
            "message" => self.message = words(value),
            "logger" => self.logger = words(value),
            "timestamp" => match read_time(value) {
                Some(time) => self.timestamp = time,
                None => return is_blank(value),
            },
            "level" => match read_level(value) {
                Some(level) => self.level = level,
                None => return false,
            },
            "context" => return take_object(&mut self.context, value),
            "diagnostics" => return take_object(&mut self.diagnostics, value),
            "data" => return take_object(&mut self.data, value),
            _ => return false,
        }
        true
    }

    /// Adds what has no place to `data`, with `_` appended to a key while that is taken.
    fn take_strays(&mut self, strays: Vec<(String, Json)>) {
        if strays.is_empty() {
            return;
        }
        self.data.retain(|_, value| !value.is_null());
        for (mut key, value) in strays {
            while self.data.contains_key(&key) {
                key.push('_');
            }
            self.data.insert(key, value);
        }
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

/// What fapilog's envelope holds. In every other entry `log` is a field.
fn unwrapped(entry: &Json) -> &Json {
    let of_envelope = |key: &String| key == "log" || key == "schema_version";
    match (entry, entry.get("log")) {
        (Json::Object(outer), Some(inner @ Json::Object(_))) if outer.keys().all(of_envelope) => {
            inner
        }
        _ => entry,
    }
}

/// A value where only a text will do.
fn words(value: &Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => text_of(other),
    }
}

/// True where the value was an object, or null, which is none.
fn take_object(part: &mut Map<String, Json>, value: &Json) -> bool {
    if let Json::Object(map) = value {
        part.clone_from(map);
    }
    value.is_object() || value.is_null()
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

fn is_blank(value: &Json) -> bool {
    value.is_null()
        || value
            .as_str()
            .is_some_and(|text| text.trim_matches(BLANKS).is_empty())
}

fn read_time(value: &Json) -> Option<Time> {
    let nanos = match value {
        Json::String(text) => nanos_of_text(text.trim_matches(BLANKS)),
        Json::Number(number) if number.is_f64() => {
            nanos_of_number(&format!("{:e}", number.as_f64()?))
        }
        Json::Number(number) => nanos_of_number(&number.to_string()),
        _ => None,
    };
    i64::try_from(nanos?).ok()
}

/// Other words for levels, and the empty one.
const LEVELS: [(&str, &str); 21] = [
    ("", "info"),
    ("information", "info"),
    ("informational", "info"),
    ("notset", "info"),
    ("dbg", "debug"),
    ("fine", "debug"),
    ("warn", "warning"),
    ("wrn", "warning"),
    ("err", "error"),
    ("severe", "error"),
    ("crit", "critical"),
    ("fatal", "critical"),
    ("panic", "critical"),
    ("dpanic", "critical"),
    ("alert", "critical"),
    ("emerg", "critical"),
    ("emergency", "critical"),
    ("verbose", "trace"),
    ("finest", "trace"),
    ("finer", "trace"),
    ("silly", "trace"),
];

fn read_level(value: &Json) -> Option<String> {
    let word = match value {
        Json::Null => return Some("info".to_owned()),
        Json::Number(number) => return Some(level_of(number.as_f64()?).to_owned()),
        Json::String(word) => word.trim_matches(BLANKS),
        _ => return None,
    };
    let lower = word.to_lowercase();
    if let Some((_, level)) = LEVELS.iter().find(|(other, _)| *other == lower) {
        return Some((*level).to_owned());
    }
    let number = lower.strip_prefix("level ").unwrap_or(&lower);
    let digits = number.strip_prefix(['+', '-']).unwrap_or(number);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = [whole, fraction]
        .iter()
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let level = number.parse().ok().filter(|_| is_number).map(level_of);
    Some(level.map_or(lower, str::to_owned))
}

/// The level of a number, as Python's `logging` counts. Zero is not set.
fn level_of(number: f64) -> &'static str {
    match number {
        50.0.. => "critical",
        40.0.. => "error",
        30.0.. => "warning",
        20.0.. => "info",
        10.0.. => "debug",
        0.0 => "info",
        _ => "trace",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = include_str!("../../../tests/events/cases.json");

    fn unhex(text: &str) -> Vec<u8> {
        let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("hex");
        (0..text.len()).step_by(2).map(pair).collect()
    }

    fn without_nulls(part: &Map<String, Json>) -> Json {
        let kept = part.iter().filter(|(_, value)| !value.is_null());
        Json::Object(
            kept.map(|(key, value)| (key.clone(), value.clone()))
                .collect(),
        )
    }

    /// The same cases that both runtimes read.
    #[test]
    fn odd_entries_are_read_as_in_every_language() {
        let cases: Json = serde_json::from_str(CASES).expect("JSON");
        let now = cases["accepted_at"].as_i64().expect("nanoseconds");
        let mut read = 0;
        for case in cases["cases"].as_array().expect("a list") {
            let text = |name: &str| case.get(name).and_then(Json::as_str);
            let event = match (case.get("entry"), text("text"), text("hex")) {
                (Some(entry), ..) => Event::read(entry, now),
                (None, Some(text), _) => Event::read_bytes(text.as_bytes(), now),
                (None, None, Some(hex)) => Event::read_bytes(&unhex(hex), now),
                // Only Python has such an entry.
                (None, None, None) => continue,
            };
            let mut expected = case["expected"].clone();
            let time = expected.as_object_mut().expect("an object").remove("time");
            assert!(time.is_some(), "{case}");
            let found = serde_json::json!({
                "timestamp": event.timestamp,
                "level": event.level,
                "message": event.message,
                "logger": event.logger,
                "context": without_nulls(&event.context),
                "diagnostics": without_nulls(&event.diagnostics),
                "data": without_nulls(&event.data),
            });
            let expected = expected.as_object().expect("an object");
            assert_eq!(expected.len(), found.as_object().map_or(0, Map::len));
            for (key, value) in expected {
                // As text: the order of keys counts within a part.
                assert_eq!(value.to_string(), found[key].to_string(), "{case}");
            }
            read += 1;
        }
        assert!(read > 200, "{read} cases");
    }
}
