//! Checks one record against the spec's record shape.

use indexmap::IndexMap;
use serde_json::Value;

use super::clock::{self, describe};
use super::json::{self, Node};
use super::loki;
use crate::spec::model::{
    ConfigField, FieldType, OneOrMany, RecordField, RecordShape, Rest, Spec, ValueEncoding,
};

/// What a record that fits its shape says.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// Nanoseconds since 1970.
    pub timestamp: Option<i64>,
    /// Bytes as the vendor counts one event.
    pub bytes: usize,
}

/// Checks one record; the error says what is wrong with it.
pub(super) fn check(spec: &Spec, node: &Node, text: &str) -> Result<Checked, String> {
    match &spec.payload.record {
        RecordShape::Object {
            fields,
            rest,
            reserved: _,
            wrap,
        } => {
            let mut found = Checked {
                timestamp: None,
                bytes: text.len(),
            };
            let mut event = node;
            if let Some(wrap) = wrap {
                let inner = [wrap.key.as_str()];
                check_fields(spec, &wrap.fields, &[], &inner, node, &mut found)?;
                event = node.get(&wrap.key).ok_or_else(|| missing(&wrap.key))?;
            }
            check_fields(spec, fields, rest, &[], event, &mut found)?;
            Ok(found)
        }
        RecordShape::StreamEntry {
            fields,
            rest,
            reserved: _,
            metadata,
        } => stream_entry(spec, fields, rest, metadata, node),
    }
}

fn missing(key: &str) -> String {
    format!("the key `{key}` is missing")
}

/// `["<ns>", "<line>", {metadata}]`, already known to be decodable.
fn stream_entry(
    spec: &Spec,
    fields: &[RecordField],
    rest: &[Rest],
    metadata: &[RecordField],
    node: &Node,
) -> Result<Checked, String> {
    let elements = node.as_list().unwrap_or_default();
    let [time, line, more @ ..] = elements else {
        return Err("an entry is not `[timestamp, line]`".to_owned());
    };
    let line = line.as_text().unwrap_or_default();
    let mut found = Checked {
        timestamp: None,
        bytes: line.len(),
    };
    let inner = json::parse(line).map_err(|error| format!("the line is not JSON: {error}"))?;
    check_fields(spec, fields, rest, &[], &inner, &mut found)?;
    if let Some(pairs) = more.first() {
        if let Some(problem) = loki::metadata_problem(pairs) {
            return Err(problem);
        }
        let names = |name: &str| metadata.iter().any(|field| field.name == name);
        let unknown = pairs
            .as_object()
            .unwrap_or_default()
            .iter()
            .find(|(name, _)| !names(name));
        if let Some((name, _)) = unknown {
            return Err(format!("unknown structured metadata `{name}`"));
        }
    }
    found.timestamp = Some(clock::read(Some(ValueEncoding::UnixNsText), time)?);
    Ok(found)
}

/// Checks the keys of one object.
fn check_fields(
    spec: &Spec,
    fields: &[RecordField],
    rest: &[Rest],
    also: &[&str],
    node: &Node,
    found: &mut Checked,
) -> Result<(), String> {
    let Some(members) = node.as_object() else {
        return Err(format!("expected an object, found {}", describe(node)));
    };
    for field in fields {
        let Some(value) = node.get(&field.name) else {
            if is_required(field, &spec.config) {
                return Err(missing(&field.name));
            }
            continue;
        };
        if let Some(timestamp) = check_value(spec, field, value)
            .map_err(|problem| format!("`{}`: {problem}", field.name))?
        {
            found.timestamp = Some(timestamp);
        }
    }
    let merged = rest.iter().any(|rest| rest.into.is_none());
    for (key, value) in members {
        let nested = rest.iter().any(|rest| rest.into.as_deref() == Some(key));
        if nested && value.as_object().is_none() {
            return Err(format!(
                "`{key}` is {}, expected an object",
                value.kind_name()
            ));
        }
        let known =
            nested || also.contains(&key.as_str()) || fields.iter().any(|field| field.name == *key);
        if !known && !merged {
            return Err(format!("unknown key `{key}`"));
        }
    }
    Ok(())
}

fn sources(field: &RecordField) -> &[String] {
    match &field.from {
        OneOrMany::One(source) => std::slice::from_ref(source),
        OneOrMany::Many(sources) => sources,
        OneOrMany::Absent => &[],
    }
}

/// True when every event and every valid configuration gives the field a value.
fn is_required(field: &RecordField, config: &IndexMap<String, ConfigField>) -> bool {
    field.constant.is_some()
        || sources(field)
            .iter()
            .any(|source| match source.strip_prefix("config.") {
                Some(name) => config.get(name).is_some_and(|field| {
                    field.required || field.default.as_ref().is_some_and(|value| !is_empty(value))
                }),
                None => matches!(source.as_str(), "message" | "level" | "timestamp"),
            })
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Checks one value; gives its time when it is the event's timestamp.
fn check_value(spec: &Spec, field: &RecordField, value: &Node) -> Result<Option<i64>, String> {
    if let Some(constant) = &field.constant {
        return if *constant == value.to_value() {
            Ok(None)
        } else {
            Err(format!("expected {constant}, found {}", describe(value)))
        };
    }
    let sources = sources(field);
    match field.encoding {
        Some(ValueEncoding::CommaPairs) => comma_pairs(value)?,
        Some(ValueEncoding::CommaList) => comma_list(value)?,
        Some(ValueEncoding::LevelMap) => level(spec, value)?,
        Some(ValueEncoding::LevelLower) => lower_word(value)?,
        Some(encoding) => {
            let time = clock::read(Some(encoding), value)?;
            return Ok(sources
                .iter()
                .any(|source| source == "timestamp")
                .then_some(time));
        }
        None if sources.iter().all(|source| is_text(source, &spec.config))
            && value.as_text().is_none() =>
        {
            return Err(format!("expected a text, found {}", describe(value)));
        }
        None => {}
    }
    Ok(None)
}

fn is_text(source: &str, config: &IndexMap<String, ConfigField>) -> bool {
    match source.strip_prefix("config.") {
        Some(name) => config.get(name).is_some_and(|field| {
            matches!(
                field.kind,
                FieldType::String | FieldType::Url | FieldType::Enum
            )
        }),
        None => matches!(source, "message" | "level" | "logger"),
    }
}

fn comma_pairs(value: &Node) -> Result<(), String> {
    let pairs = value.as_text().filter(|text| !text.is_empty());
    let fits = |pair: &str| {
        pair.split_once(':')
            .is_some_and(|(key, _)| !key.trim().is_empty())
    };
    if pairs.is_some_and(|text| text.split(',').all(fits)) {
        Ok(())
    } else {
        Err(format!(
            "expected `key:value,key:value`, found {}",
            describe(value)
        ))
    }
}

fn comma_list(value: &Node) -> Result<(), String> {
    if value
        .as_text()
        .is_some_and(|text| text.split(',').all(|item| !item.trim().is_empty()))
    {
        Ok(())
    } else {
        Err(format!("expected `text,text`, found {}", describe(value)))
    }
}

/// One of the spec's words, or the lower-case name of a level the spec does not list.
fn level(spec: &Spec, value: &Node) -> Result<(), String> {
    let words = &spec.payload.levels;
    let found = value.to_value();
    if words.values().any(|word| *word == found) {
        return Ok(());
    }
    let listed = words
        .keys()
        .any(|name| Some(format!("{name:?}").to_lowercase().as_str()) == value.as_text());
    if listed {
        return Err(format!(
            "the level {} is not in the provider's words",
            describe(value)
        ));
    }
    lower_word(value)
}

fn lower_word(value: &Node) -> Result<(), String> {
    let word = |text: &str| !text.is_empty() && text == text.to_lowercase();
    if value.as_text().is_some_and(word) {
        Ok(())
    } else {
        Err(format!(
            "expected a level in lower case, found {}",
            describe(value)
        ))
    }
}
