//! What a setting may hold: values as they stand in a map, or as text in a variable.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value;

/// A credential. Neither `Debug` nor any error shows it; only [`Secret::expose`] does. White space
/// around it, such as a final line break, is no part of it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a credential.
    pub fn new(value: impl Into<String>) -> Self {
        let value = value.into();
        match value.trim() {
            text if text.len() == value.len() => Self(value),
            text => Self(text.to_owned()),
        }
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
        Self::new(value)
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::new(value)
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

/// Texts by name, or one text `key:value,key:value` or `key=value,key=value`.
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

/// The two halves of `key:value`, or of `key=value` as OpenTelemetry writes it, its value
/// percent-encoded. What comes first parts them; the value may hold more of both.
fn pair(text: &str) -> Option<(String, String)> {
    let at = text.find([':', '='])?;
    let (key, value) = (text[..at].trim(), text[at + 1..].trim());
    let value = if text[at..].starts_with('=') {
        percent_decoded(value)?
    } else {
        value.to_owned()
    };
    Some((key.to_owned(), value))
}

/// `None` where a `%` begins no byte, or the bytes are no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|_| is_hex)?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

/// An http URL that paths can be appended to; the same rule as that of the sinks in Python. An error
/// never repeats the text: it may hold a password.
pub fn url(text: &str) -> Result<String, &'static str> {
    checked_url(text, false)?;
    Ok(text.trim_end_matches('/').to_owned())
}

/// A URL that nothing is appended to.
pub fn whole_url(text: &str) -> Result<String, &'static str> {
    let (address, query) = text.split_once('?').unwrap_or((text, ""));
    checked_url(address, false)?;
    if query.contains('#') {
        return Err("a fragment is not allowed in this URL");
    }
    if !is_plain(query) {
        return Err(NOT_ENCODED);
    }
    Ok(text.to_owned())
}

/// The URL of a proxy, which may have a user name and a password.
pub fn proxy_url(text: &str) -> Result<String, &'static str> {
    checked_url(text, true)?;
    Ok(text.trim_end_matches('/').to_owned())
}

const NOT_ENCODED: &str = "the URL has characters that must be percent-encoded";

fn is_plain(text: &str) -> bool {
    let is_usual = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
    text.bytes().all(is_usual) && is_percent_encoded(text)
}

fn checked_url(text: &str, with_user: bool) -> Result<(), &'static str> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("expected a URL that starts with `https://` or `http://`")?;
    if rest.contains(['?', '#']) {
        return Err("a query or fragment is not allowed in this URL");
    }
    // In a path too: a password with a slash in it would end the host early.
    if !with_user && rest.contains('@') {
        return Err("user name and password do not belong in this URL");
    }
    if !is_plain(text) {
        return Err(NOT_ENCODED);
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let place = authority
        .rsplit_once('@')
        .map_or(authority, |(_, place)| place);
    let (host, port) = match place.rfind(']').map_or(0, |end| end + 1) {
        0 => place
            .split_once(':')
            .map_or((place, None), |(host, port)| (host, Some(port))),
        end => match place[end..].strip_prefix(':') {
            Some(port) => (&place[..end], Some(port)),
            None => (place, None),
        },
    };
    let is_number = |port: &str| (1..=5).contains(&port.len()) && is_all(port, u8::is_ascii_digit);
    if !is_host(host) || !port.is_none_or(is_number) {
        return Err("the URL has no valid host");
    }
    if port.is_some_and(|port| !matches!(port.parse::<u16>(), Ok(1..))) {
        return Err("the URL has a port that is not from 1 to 65535");
    }
    Ok(())
}

/// An address, or a name of the letters that names have.
fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        // No zone: it is of one machine only, and clients read it differently.
        let address = address.strip_suffix(']');
        return address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok());
    }
    let name = host.strip_suffix('.').unwrap_or(host);
    let last = name.rsplit('.').next().unwrap_or_default();
    let hexadecimal = last.strip_prefix("0x").or_else(|| last.strip_prefix("0X"));
    // Whoever takes the last label for a number takes the host for an IPv4 address.
    if is_all(last, u8::is_ascii_digit) && !last.is_empty()
        || hexadecimal.is_some_and(|digits| is_all(digits, u8::is_ascii_hexdigit))
    {
        return host.parse::<Ipv4Addr>().is_ok();
    }
    let is_letter = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
    name.split('.')
        .all(|label| !label.is_empty() && is_all(label, is_letter))
}

fn is_all(text: &str, belongs: impl Fn(&u8) -> bool) -> bool {
    text.as_bytes().iter().all(belongs)
}

/// Whether two hexadecimal digits follow each percent sign.
fn is_percent_encoded(text: &str) -> bool {
    let mut codes = text.as_bytes().split(|byte| *byte == b'%').skip(1);
    codes.all(|rest| matches!(rest, [high, low, ..] if [high, low].iter().all(|digit| digit.is_ascii_hexdigit())))
}
