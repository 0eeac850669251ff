//! Values as text: what fills the holes of texts that a sink is told to write.

use std::borrow::Cow;
use std::time::Duration;

use serde_json::{Map, Value};

use super::json::{has_values, push_map};
use super::json_value::value_text;
use super::{Level, Secret};

/// A value as text.
pub trait ToText {
    /// The text; `None` when there is no value or it is empty, which count as the same.
    fn to_text(&self) -> Option<Cow<'_, str>>;

    /// Whether it must never print.
    fn is_secret(&self) -> bool {
        false
    }
}

/// Pieces one after the other; `None` when one of them is absent.
#[must_use]
pub fn filled(pieces: &[&dyn ToText]) -> Option<String> {
    if let [piece] = pieces {
        return piece.to_text().map(Cow::into_owned);
    }
    let mut text = String::new();
    for piece in pieces {
        text.push_str(&piece.to_text()?);
    }
    Some(text)
}

/// Whether every value is there.
#[must_use]
pub fn all_set(values: &[&dyn ToText]) -> bool {
    values.iter().all(|value| value.to_text().is_some())
}

/// The first of several values that is there.
pub struct First<'a>(pub &'a [&'a dyn ToText]);

impl ToText for First<'_> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        self.0.iter().find_map(ToText::to_text)
    }

    fn is_secret(&self) -> bool {
        self.0.iter().any(ToText::is_secret)
    }
}

impl<T: ToText + ?Sized> ToText for &T {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        (**self).to_text()
    }

    fn is_secret(&self) -> bool {
        (**self).is_secret()
    }
}

impl<T: ToText> ToText for Option<T> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        self.as_ref()?.to_text()
    }

    fn is_secret(&self) -> bool {
        self.as_ref().is_some_and(ToText::is_secret)
    }
}

impl ToText for str {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        (!self.is_empty()).then_some(Cow::Borrowed(self))
    }
}

impl ToText for String {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        self.as_str().to_text()
    }
}

impl ToText for Cow<'_, str> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        (**self).to_text()
    }
}

impl ToText for Secret {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        self.expose().to_text()
    }

    fn is_secret(&self) -> bool {
        true
    }
}

impl ToText for Level {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        self.as_lower().to_text()
    }
}

impl ToText for bool {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(if *self { "true" } else { "false" }))
    }
}

impl ToText for i64 {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(self.to_string()))
    }
}

/// As JSON writes it.
impl ToText for f64 {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Owned(Value::from(*self).to_string()))
    }
}

/// Seconds.
impl ToText for Duration {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        let seconds = Value::from(self.as_secs_f64());
        Some(Cow::Owned(seconds.to_string()))
    }
}

/// Items joined by commas.
impl ToText for Vec<String> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        (!self.is_empty()).then(|| Cow::Owned(self.join(",")))
    }
}

/// Pairs as `key:value`, joined by commas.
impl ToText for Vec<(String, String)> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        let pairs = self.iter().map(|(key, value)| format!("{key}:{value}"));
        let pairs: Vec<String> = pairs.collect();
        pairs.to_text().map(|text| Cow::Owned(text.into_owned()))
    }
}

/// The same of credentials.
impl ToText for Vec<(String, Secret)> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        let pairs = self.iter();
        let pairs = pairs.map(|(key, value)| format!("{key}:{}", value.expose()));
        let pairs: Vec<String> = pairs.collect();
        pairs.to_text().map(|text| Cow::Owned(text.into_owned()))
    }

    fn is_secret(&self) -> bool {
        true
    }
}

/// A value of an event: text as it is, others as their JSON.
impl ToText for Value {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        value_text(self).filter(|text| !text.is_empty())
    }
}

/// A part of an event as JSON, its nulls left out.
impl ToText for Map<String, Value> {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        if !has_values(self) {
            return None;
        }
        let mut json = Vec::new();
        push_map(&mut json, self);
        String::from_utf8(json).ok().map(Cow::Owned)
    }
}
