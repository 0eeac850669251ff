//! Values in the JSON form of OpenTelemetry's protocol: `AnyValue` and lists of attributes.

use serde_json::{Value, json};

use super::super::cloud_sink_base::push_json;

/// A list or object nested deeper becomes `…`.
const MAX_DEPTH: usize = 32;

/// Members as attributes; `None` where there are none.
#[must_use]
pub fn attributes(members: &[(String, Value)]) -> Option<Vec<u8>> {
    if members.is_empty() {
        return None;
    }
    let attributes = members.iter().map(|(key, value)| attribute(key, value, 1));
    let mut out = Vec::new();
    push_json(&mut out, &attributes.collect::<Vec<_>>());
    Some(out)
}

/// A map setting as attributes; `None` where it is empty or not set.
#[must_use]
pub fn pairs<'s>(setting: impl Into<Option<&'s Pairs>>) -> Option<Vec<u8>> {
    let pairs = setting.into()?.iter();
    let members: Vec<_> = pairs
        .map(|(key, value)| (key.clone(), Value::from(value.as_str())))
        .collect();
    attributes(&members)
}

/// A map setting as attributes that go into a list with others, comma separated; those of some keys
/// left out. `None` where there are none.
#[must_use]
pub fn items(setting: &[(String, String)], except: &[&str]) -> Option<Vec<u8>> {
    let pairs = setting.iter();
    let pairs = pairs.filter(|(key, _)| !except.contains(&key.as_str()));
    let items: Vec<String> = pairs
        .map(|(key, value)| attribute(key, &Value::from(value.as_str()), 1).to_string())
        .collect();
    (!items.is_empty()).then(|| items.join(",").into_bytes())
}

/// A map setting.
pub type Pairs = Vec<(String, String)>;

/// Appends a value of an event as `AnyValue`.
pub fn push_any_value(out: &mut Vec<u8>, value: &Value) {
    push_json(out, &any_value(value, 1));
}

/// A value of an event as the JSON text of `AnyValue`.
#[must_use]
pub fn any_value_text(value: &Value) -> String {
    any_value(value, 1).to_string()
}

fn attribute(key: &str, value: &Value, depth: usize) -> Value {
    json!({"key": key, "value": any_value(value, depth)})
}

/// Whole numbers are texts, others doubles, nulls an empty value.
fn any_value(value: &Value, depth: usize) -> Value {
    match value {
        Value::Array(_) | Value::Object(_) if depth > MAX_DEPTH => json!({"stringValue": "…"}),
        Value::Null => json!({}),
        Value::Bool(answer) => json!({"boolValue": answer}),
        Value::String(text) => json!({"stringValue": text}),
        Value::Number(number) if number.is_i64() => json!({"intValue": number.to_string()}),
        Value::Number(number) => json!({"doubleValue": number.as_f64()}),
        Value::Array(items) => {
            let items = items.iter().map(|item| any_value(item, depth + 1));
            json!({"arrayValue": {"values": items.collect::<Vec<_>>()}})
        }
        Value::Object(map) => {
            let members = map.iter();
            let members = members.map(|(key, value)| attribute(key, value, depth + 1));
            json!({"kvlistValue": {"values": members.collect::<Vec<_>>()}})
        }
    }
}
