//! Values of an event: as JSON, as text, and found by their path.
//!
//! Two rules, the same in every sink of this project:
//!
//! - `serde_json::Value` holds nothing that JSON has no form for; whoever builds one from a float
//!   gets `null` for NaN and the infinities.
//! - A list or object nested deeper than [`MAX_DEPTH`] becomes `…`. A value that stands directly in
//!   an event's data, context or diagnostics has depth 1.

use std::borrow::Cow;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

const MAX_DEPTH: usize = 32;
const ELLIPSIS: &str = "…";

/// Appends `value` as JSON.
pub fn push_json<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    let start = out.len();
    // Only a type with keys that are no text can fail, and none is written here; `null` keeps the
    // record valid should somebody add one.
    if serde_json::to_writer(&mut *out, value).is_err() {
        out.truncate(start);
        out.extend_from_slice(b"null");
    }
}

/// Appends a value that stands directly in a part of an event.
pub fn push_value(out: &mut Vec<u8>, value: &Value) {
    push_json(out, &Nested { value, depth: 1 });
}

/// A value with all that is nested too deep left out.
struct Nested<'a> {
    value: &'a Value,
    depth: usize,
}

impl Serialize for Nested<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let deeper = |value| Nested {
            value,
            depth: self.depth + 1,
        };
        match self.value {
            Value::Array(_) | Value::Object(_) if self.depth > MAX_DEPTH => {
                serializer.serialize_str(ELLIPSIS)
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(deeper)),
            Value::Object(map) => {
                serializer.collect_map(map.iter().map(|(key, value)| (key, deeper(value))))
            }
            other => other.serialize(serializer),
        }
    }
}

/// The value at a key of a part of an event, and from there along nested objects; a null counts as
/// absent.
#[must_use]
pub fn lookup<'a>(part: &'a Map<String, Value>, path: &[&str]) -> Option<&'a Value> {
    let (first, rest) = path.split_first()?;
    let mut value = find(part, first)?;
    for key in rest {
        value = value.get(*key)?;
    }
    (!value.is_null()).then_some(value)
}

/// [`lookup`] as text: text as it is, the rest as JSON. Empty text counts as absent.
#[must_use]
pub fn lookup_text<'a>(part: &'a Map<String, Value>, path: &[&str]) -> Option<Cow<'a, str>> {
    value_text(lookup(part, path)?).filter(|text| !text.is_empty())
}

/// [`Map::get`]; hashing a key takes longer than comparing it with the few an event's part has.
fn find<'a>(map: &'a Map<String, Value>, key: &str) -> Option<&'a Value> {
    if map.len() > 8 {
        return map.get(key);
    }
    map.iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| value)
}

/// Whether a value stands under a key; a null is none.
pub fn has(map: &Map<String, Value>, key: &str) -> bool {
    find(map, key).is_some_and(|value| !value.is_null())
}

/// A value as text, for labels and tags: text as it is, `null` as nothing, the rest as JSON.
#[must_use]
pub fn value_text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(Cow::Borrowed(text)),
        other => {
            let mut text = Vec::new();
            push_value(&mut text, other);
            String::from_utf8(text).ok().map(Cow::Owned)
        }
    }
}
