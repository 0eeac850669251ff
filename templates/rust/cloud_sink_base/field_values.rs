//! What a setting may hold: values as they stand in a map, or as text in a variable.

use std::fmt;

use serde_json::Value;

/// A credential. Neither `Debug` nor any error shows it; only [`Secret::expose`] does.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The credential itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(***)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

/// Text of a value that is one line in a settings file.
pub fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// `true` or `false`, or a word for it.
pub fn boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(answer) => Some(*answer),
        Value::String(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

pub fn whole_number(value: &Value) -> Option<i64> {
    value
        .as_i64()
        .or_else(|| value.as_str()?.trim().parse().ok())
}

pub fn finite_number(value: &Value) -> Option<f64> {
    value
        .as_f64()
        .or_else(|| value.as_str()?.trim().parse().ok())
        .filter(|number: &f64| number.is_finite())
}

/// A list of texts, or one text with commas.
pub fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::Array(items) => items.iter().map(scalar_text).collect(),
        Value::String(text) => Some(split(text)?.map(str::to_owned).collect()),
        _ => None,
    }
}

/// A list of texts, or one text that commas and white space part.
pub fn words(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => {
            let spaced = text.split_whitespace().collect::<Vec<_>>().join(",");
            texts(&Value::String(spaced))
        }
        _ => texts(value),
    }
}

/// Texts by name, or one text `key:value,key:value`.
pub fn pairs(value: &Value) -> Option<Vec<(String, String)>> {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| Some((key.clone(), scalar_text(value)?)))
            .collect(),
        Value::String(text) => split(text)?.map(pair).collect(),
        _ => None,
    }
}

/// Items of a comma-separated text. None for JSON: taken apart at its commas, it would be taken for
/// names nobody meant.
fn split(text: &str) -> Option<impl Iterator<Item = &str>> {
    let items = text.split(',').map(str::trim);
    (!text.trim_start().starts_with(['[', '{'])).then(|| items.filter(|item| !item.is_empty()))
}

/// The two halves of `key:value`; the value may hold further colons.
fn pair(text: &str) -> Option<(String, String)> {
    let (key, value) = text.split_once(':')?;
    Some((key.trim().to_owned(), value.trim().to_owned()))
}

/// An http URL that paths can be appended to. An error never repeats the text: it may hold a
/// password.
pub fn url(text: &str) -> Result<String, &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("expected a URL that starts with `https://` or `http://`")?;
    let host = rest.split('/').next().unwrap_or_default();
    if rest.contains(['?', '#']) {
        return Err("a query or fragment is not allowed in this URL");
    }
    if host.contains('@') {
        return Err("user name and password do not belong in this URL");
    }
    if host.is_empty() || host.starts_with(':') {
        return Err("the URL has no host");
    }
    if !text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte))
    {
        return Err("the URL has characters that must be percent-encoded");
    }
    Ok(text.trim_end_matches('/').to_owned())
}
