//! Entries of every shape, each becoming the event that `tests/events/cases.json` says, in words of
//! `docs/events.md`.

use std::fmt::Write as _;

use proptest::prelude::*;
use runtime_tests::cloud_sink_base::{Event, EventTime, TimeFormat, Timestamp, push_json};
use serde_json::{Map, Value};

const CASES: &str = include_str!("../../../events/cases.json");
const DOCS: &str = include_str!("../../../../docs/events.md");

struct Case {
    fields: Map<String, Value>,
    accepted_at: Timestamp,
}

impl Case {
    fn text(&self, name: &str) -> Option<&str> {
        self.fields.get(name)?.as_str()
    }

    /// The event, unless only Python has such an entry.
    fn event(&self) -> Option<Event> {
        if let Some(entry) = self.fields.get("entry") {
            return Some(Event::from_json_at(entry.clone(), self.accepted_at));
        }
        let bytes = match (self.text("text"), self.text("hex")) {
            (Some(text), _) => text.as_bytes().to_vec(),
            (None, Some(hex)) => unhex(hex),
            (None, None) => return None,
        };
        Some(Event::from_slice_at(&bytes, self.accepted_at))
    }

    fn expected(&self) -> &Map<String, Value> {
        self.fields["expected"].as_object().unwrap()
    }

    /// The row of docs/events.md: the rule, the entry, and what of the event is not empty.
    fn row(&self) -> String {
        let given = ["entry", "text", "hex", "python"]
            .iter()
            .find_map(|name| Some((*name, self.fields.get(*name)?)))
            .unwrap();
        let given = match given {
            ("entry", entry) => format!("`{entry}`"),
            ("text", text) => {
                format!("bytes `{}`", text.as_str().unwrap().escape_debug()).replace("\\\"", "\"")
            }
            ("hex", text) => format!("bytes, in hex `{}`", text.as_str().unwrap()),
            (_, text) => format!("`{}`", text.as_str().unwrap()),
        };
        let mut event = String::new();
        for (name, value) in self.expected() {
            let shown = match (name.as_str(), value) {
                ("timestamp", _) if self.expected()["time"] != "read" => continue,
                ("timestamp", nanos) => {
                    written(Timestamp::from_unix_nanos(nanos.as_i64().unwrap()))
                }
                ("time", time) if time == "read" => continue,
                ("time", time) => {
                    let _ = write!(event, "time {}, ", time.as_str().unwrap());
                    continue;
                }
                ("level", level) if level == "info" && self.text("section") != Some("level") => {
                    continue;
                }
                ("level", level) => level.as_str().unwrap().to_owned(),
                (_, Value::Object(map)) if map.is_empty() => continue,
                (_, Value::String(text)) if text.is_empty() => continue,
                (_, other) => other.to_string(),
            };
            let _ = write!(event, "{name} `{shown}`, ");
        }
        let (section, says) = (self.text("section").unwrap(), self.text("says").unwrap());
        if section != "time" {
            event = event.replace("time missing, ", "");
        }
        let event = event.trim_end_matches(", ");
        format!("| {says} | {given} | {event} |")
    }
}

fn written(time: Timestamp) -> String {
    let mut out = Vec::new();
    time.push(TimeFormat::Rfc3339Nanos, &mut out);
    String::from_utf8(out).unwrap()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn cases() -> Vec<Case> {
    let file: Value = serde_json::from_str(CASES).unwrap();
    let accepted_at = Timestamp::from_unix_nanos(file["accepted_at"].as_i64().unwrap());
    let cases = file["cases"].as_array().unwrap().iter();
    cases
        .map(|case| Case {
            fields: case.as_object().unwrap().clone(),
            accepted_at,
        })
        .collect()
}

/// The event as the encoders take it: a null at the top of a part is none.
fn normal_form(event: &Event) -> Value {
    let part = |map: &Map<String, Value>| -> Value {
        let values = map.iter().filter(|(_, value)| !value.is_null());
        values
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    let time = match event.time {
        EventTime::Read => "read",
        EventTime::Missing => "missing",
        EventTime::Unreadable => "unreadable",
    };
    serde_json::json!({
        "timestamp": event.timestamp.as_unix_nanos(), "time": time, "level": event.level.as_lower(),
        "message": event.message, "logger": event.logger, "context": part(&event.context),
        "diagnostics": part(&event.diagnostics), "data": part(&event.data),
    })
}

#[test]
fn every_entry_becomes_the_event_of_the_case_file() {
    let mut wrong = Vec::new();
    for case in cases() {
        let Some(event) = case.event() else { continue };
        // As text: the order of keys counts.
        let (found, expected) = (
            normal_form(&event).to_string(),
            case.fields["expected"].to_string(),
        );
        if found != expected {
            wrong.push(format!("{}\n  found {found}", case.row()));
        }
    }

    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_page_about_events_has_a_row_for_every_case_and_no_other() {
    let rows: Vec<String> = cases().iter().map(Case::row).collect();
    let missing: Vec<&str> = rows
        .iter()
        .map(String::as_str)
        .filter(|row| !DOCS.lines().any(|line| line == *row))
        .collect();
    let unknown: Vec<&str> = DOCS
        .lines()
        .filter(|line| {
            line.starts_with("| ") && line.contains('`') && !rows.iter().any(|row| row == line)
        })
        .collect();

    assert!(
        missing.is_empty() && unknown.is_empty(),
        "docs/events.md\nlacks:\n{}\nhas, without a case in tests/events/cases.json:\n{}",
        missing.join("\n"),
        unknown.join("\n")
    );
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((".{0,3}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

fn any_entry() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        "timestamp|level|message|logger|context|diagnostics|data",
        "log|schema_version|[a-c]"
    ];
    prop::collection::vec((key, any_value()), 0..8)
        .prop_map(|pairs| Value::Object(pairs.into_iter().collect()))
}

/// Values that are no objects or nulls, wherever they stand.
fn leaves(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Object(map) => map.values().map(leaves).sum(),
        Value::Array(items) => items.iter().map(leaves).sum(),
        _ => 1,
    }
}

proptest! {
    #[test]
    fn what_has_no_place_is_in_data(mut entry in any_entry()) {
        // What has a place may be read as something else: a level of one word, a time.
        let known = ["timestamp", "level", "message", "logger", "log"];
        for key in known {
            entry.as_object_mut().unwrap().shift_remove(key);
        }
        let event = Event::from_json_at(entry.clone(), Timestamp::from_unix_nanos(0));

        let [context, diagnostics, data] = [event.context, event.diagnostics, event.data].map(Value::Object);
        prop_assert_eq!(leaves(&entry), leaves(&context) + leaves(&diagnostics) + leaves(&data));
    }

    #[test]
    fn no_bytes_fail(bytes in any::<Vec<u8>>()) {
        let event = Event::from_slice_at(&bytes, Timestamp::from_unix_nanos(0));

        let mut out = Vec::new();
        push_json(&mut out, &normal_form(&event));
        prop_assert!(!out.is_empty());
    }

    #[test]
    fn any_text_is_a_time_or_none(text in "[0-9+:., TZe/-]{0,40}") {
        let read = Timestamp::parse(&text);
        prop_assert_eq!(read, Timestamp::parse(&format!(" {text}\n")));
    }
}
