//! Settings that stand in every record, as JSON; `None` for what is left out because it is empty.

use serde::Serialize;

use super::super::cloud_sink_base::push_json;

/// Text.
#[must_use]
pub fn text(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() {
        None
    } else {
        Some(json(text))
    }
}

/// A list of texts.
#[must_use]
pub fn list(items: &[String]) -> Option<Vec<u8>> {
    if items.is_empty() {
        None
    } else {
        Some(json(items))
    }
}

/// Pairs as an object.
#[must_use]
pub fn object(pairs: &[(String, String)]) -> Option<Vec<u8>> {
    if pairs.is_empty() {
        return None;
    }
    let object: serde_json::Map<String, serde_json::Value> = pairs
        .iter()
        .map(|(key, value)| (key.clone(), value.clone().into()))
        .collect();
    Some(json(&object))
}

/// Pairs as one text, `key:value,key:value`.
#[must_use]
pub fn comma_pairs(pairs: &[(String, String)]) -> Option<Vec<u8>> {
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    text(&pairs.join(","))
}

/// A list as one text, `text,text`.
#[must_use]
pub fn comma_list(items: &[String]) -> Option<Vec<u8>> {
    text(&items.join(","))
}

/// Anything else.
#[must_use]
pub fn json<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    let mut out = Vec::new();
    push_json(&mut out, value);
    out
}

/// Text as it stands between the quotes of JSON.
#[must_use]
pub fn inner(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}
