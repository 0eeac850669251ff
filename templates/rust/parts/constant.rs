//! Settings that stand in every record, as JSON; `None` for what is left out because it is not set or
//! empty.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{Secret, ToText, filled, push_json};

/// A setting as JSON, by its type.
pub trait ToJson {
    /// The value.
    fn to_json(&self) -> Option<Value>;
}

/// A setting by its type: text, number, boolean, list, object.
pub fn json(setting: &(impl ToJson + ?Sized)) -> Option<Vec<u8>> {
    setting.to_json().map(|value| bytes(&value))
}

/// Text made of pieces, settings among them.
#[must_use]
pub fn text(pieces: &[&dyn ToText]) -> Option<Vec<u8>> {
    filled(pieces).map(|text| bytes(&text.into()))
}

/// The value of one key of a map setting; `None` where it has none, or an empty one.
#[must_use]
pub fn pair(setting: &[(String, String)], key: &str) -> Option<String> {
    let mut pairs = setting.iter();
    let (_, value) = pairs.find(|(name, value)| name == key && !value.is_empty())?;
    Some(value.clone())
}

/// JSON as text.
#[must_use]
pub fn as_text(json: &[u8]) -> Cow<'_, str> {
    String::from_utf8_lossy(json)
}

fn bytes(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    push_json(&mut out, value);
    out
}

impl<T: ToJson> ToJson for Option<T> {
    fn to_json(&self) -> Option<Value> {
        self.as_ref()?.to_json()
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn to_json(&self) -> Option<Value> {
        (**self).to_json()
    }
}

impl ToJson for str {
    fn to_json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| self.into())
    }
}

impl ToJson for String {
    fn to_json(&self) -> Option<Value> {
        self.as_str().to_json()
    }
}

impl ToJson for Secret {
    fn to_json(&self) -> Option<Value> {
        self.expose().to_json()
    }
}

impl ToJson for bool {
    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl ToJson for i64 {
    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

impl ToJson for f64 {
    fn to_json(&self) -> Option<Value> {
        Some((*self).into())
    }
}

/// Seconds.
impl ToJson for Duration {
    fn to_json(&self) -> Option<Value> {
        Some(self.as_secs_f64().into())
    }
}

impl ToJson for Vec<String> {
    fn to_json(&self) -> Option<Value> {
        (!self.is_empty()).then(|| self.clone().into())
    }
}

/// Pairs as an object.
impl ToJson for Vec<(String, String)> {
    fn to_json(&self) -> Option<Value> {
        let pairs = self.iter();
        let object: Map<String, Value> = pairs
            .map(|(key, value)| (key.clone(), value.clone().into()))
            .collect();
        (!object.is_empty()).then_some(Value::Object(object))
    }
}
