//! Settings as somebody gives them, resolved and checked as every sink does.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::super::model::{
    Credentials, Form, Kind, Label, Scheme, Setting, SettingId, SettingPresence, Sink, TextCheck,
};
use super::encode::hole_text;
use super::labels;
use super::rest::is_in;

/// The value of each setting of a sink.
#[derive(Debug, Clone)]
pub struct Settings {
    values: Vec<Option<Json>>,
}

/// Why a setting is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Its name as given.
    pub setting: String,
    /// What is wrong; never the value of a secret.
    pub message: String,
}

impl Settings {
    /// Resolves what is given; texts are read as they would stand in a variable.
    ///
    /// # Errors
    ///
    /// Every setting that cannot work, those nobody knows included.
    pub fn read(sink: &Sink, given: &IndexMap<String, Json>) -> Result<Self, Vec<Refusal>> {
        let mut refused = Vec::new();
        for name in given.keys() {
            let is_delivery = DELIVERY.contains(&name.as_str());
            if sink.setting_named(name).is_none() && !is_delivery {
                refuse(&mut refused, name, "is not known");
            }
        }
        let values = sink.settings.iter().map(|setting| {
            let given = given.get(&setting.name).filter(|value| !value.is_null());
            match given.map(|value| typed(setting, value)) {
                Some(Ok(value)) => return Some(value),
                Some(Err(message)) => refuse(&mut refused, &setting.name, &message),
                None if setting.is_required() => refuse(&mut refused, &setting.name, "is required"),
                None => {}
            }
            setting.default().cloned()
        });
        let settings = Self {
            values: values.collect(),
        };
        settings.check(sink, &mut refused);
        if refused.is_empty() {
            Ok(settings)
        } else {
            Err(refused)
        }
    }

    /// A setting's value; `None` when it is not set, or is an empty text, list or map.
    #[must_use]
    pub fn present(&self, id: SettingId) -> Option<&Json> {
        self.values[id.0].as_ref().filter(|value| match value {
            Json::String(text) => !text.is_empty(),
            Json::Array(items) => !items.is_empty(),
            Json::Object(pairs) => !pairs.is_empty(),
            _ => true,
        })
    }

    /// A setting as it fills a hole; `None` when it is not set.
    #[must_use]
    pub fn text(&self, id: SettingId) -> Option<String> {
        self.present(id).map(hole_text)
    }

    /// The credentials that are used; `None` when none has all its settings.
    #[must_use]
    pub fn credentials<'s>(&self, sink: &'s Sink) -> Option<&'s Credentials> {
        let is_set = |id: &SettingId| self.present(*id).is_some();
        sink.credentials
            .iter()
            .find(|credentials| credentials.when.iter().all(is_set))
    }

    fn check(&self, sink: &Sink, refused: &mut Vec<Refusal>) {
        self.check_labels(sink, refused);
        for credentials in &sink.credentials {
            if let Scheme::Basic {
                username,
                password: Some(password),
            } = &credentials.scheme
                && self.present(*password).is_some()
                && self.present(*username).is_none()
            {
                let (name, user) = (sink.setting(*password), sink.setting(*username));
                let message = format!("needs `{}`, which is not set", user.name);
                refuse(refused, &name.name, &message);
            }
        }
        self.check_acknowledgement(sink, refused);
        let needed = sink.needed_credentials();
        if let Some(first) = needed.first()
            && self.credentials(sink).is_none()
        {
            let names: Vec<&str> = needed.iter().map(|id| &*sink.setting(*id).name).collect();
            let message = format!("one of `{}` must be set", names.join("`, `"));
            refuse(refused, &sink.setting(*first).name, &message);
        }
    }

    /// What the question about an id is made of is set where the question is asked.
    fn check_acknowledgement(&self, sink: &Sink, refused: &mut Vec<Refusal>) {
        let Some((acknowledgement, when)) = sink.switched_acknowledgement() else {
            return;
        };
        if self.present(when) != Some(&Json::Bool(true)) {
            return;
        }
        let mut needs = acknowledgement.needs(sink).into_iter();
        if let Some(unset) = needs.find(|id| self.present(*id).is_none()) {
            let message = format!("needs `{}`, which is not set", sink.setting(unset).name);
            refuse(refused, &sink.setting(when).name, &message);
        }
    }

    fn check_labels(&self, sink: &Sink, refused: &mut Vec<Refusal>) {
        let Form::Streams(streams) = &sink.payload.form else {
            return;
        };
        let is_uncounted = |name: &str| {
            streams.labels.iter().any(|label| {
                matches!(label, Label::Named { name: known, uncounted: true, .. } if known == name)
            })
        };
        let mut names: Vec<String> = streams
            .labels
            .iter()
            .filter_map(|label| match label {
                Label::Named {
                    name,
                    uncounted: false,
                    ..
                } => Some(name.clone()),
                _ => None,
            })
            .collect();
        let mut most = streams.max_labels;
        for label in &streams.labels {
            let (id, given) = match label {
                Label::Named { .. } => continue,
                Label::Pairs(id) => {
                    let pairs = self.present(*id).and_then(Json::as_object);
                    let names = pairs.into_iter().flatten().map(|(name, _)| name);
                    (
                        *id,
                        names
                            .map(|name| Some(labels::valid_name(name)))
                            .collect::<Vec<_>>(),
                    )
                }
                Label::Fields(id) => {
                    let items = self.present(*id).and_then(Json::as_array);
                    let items = items.into_iter().flatten().map(hole_text);
                    (
                        *id,
                        items.map(|item| Some(labels::field(&item)?.0)).collect(),
                    )
                }
            };
            let setting = &sink.setting(id).name;
            for name in given {
                match name {
                    None => refuse(refused, setting, "names no part of an event"),
                    Some(name) if name.is_empty() || name.starts_with("__") => {
                        refuse(refused, setting, "has a name that cannot be a label");
                    }
                    Some(name) if !is_uncounted(&name) && !names.contains(&name) => {
                        names.push(name);
                    }
                    Some(_) => {}
                }
            }
            if most.is_some_and(|most| names.len() as u64 > most) {
                refuse(
                    refused,
                    setting,
                    "asks for more labels than the provider takes",
                );
                most = None;
            }
        }
    }
}

/// Delivery settings every sink has; the interpreter leaves them alone.
const DELIVERY: [&str; 14] = [
    "batch_size",
    "batch_bytes",
    "batch_timeout_seconds",
    "max_retries",
    "retry_base_delay",
    "retry_max_delay",
    "timeout_seconds",
    "max_in_flight",
    "compression",
    "queue_events",
    "queue_bytes",
    "overflow",
    "delivery_timeout_seconds",
    "dead_letter_path",
];

fn refuse(refused: &mut Vec<Refusal>, setting: &str, message: &str) {
    if refused.iter().all(|refusal| refusal.setting != setting) {
        refused.push(Refusal {
            setting: setting.to_owned(),
            message: message.to_owned(),
        });
    }
}

/// A given value by the setting's type.
fn typed(setting: &Setting, value: &Json) -> Result<Json, String> {
    let scalar = || match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    };
    match &setting.kind {
        Kind::Text(check) => {
            let text = scalar().ok_or("is no text")?;
            if text.is_empty() && setting.is_required() {
                return Err("must not be empty".to_owned());
            }
            checked(&text, check.as_ref())?;
            Ok(text.into())
        }
        Kind::Secret(check) => {
            let text = value.as_str().ok_or("is no text")?;
            let text = text.strip_suffix('\n').unwrap_or(text);
            checked(text, check.as_ref()).map_err(|_| "has another form than this secret has")?;
            Ok(text.into())
        }
        Kind::Url { whole } => Ok(url(&scalar().ok_or("is no text")?, *whole)?.into()),
        Kind::SecretUrl => Ok(url(&scalar().ok_or("is no text")?, false)?.into()),
        Kind::Bool => boolean(value)
            .map(Json::from)
            .ok_or_else(|| "is neither `true` nor `false`".to_owned()),
        Kind::Int { min, max, one_of } => {
            let number = value
                .as_i64()
                .or_else(|| value.as_str()?.trim().parse().ok());
            let number = number.ok_or("is no whole number")?;
            let is_allowed = one_of.is_empty() || one_of.contains(&number);
            let in_range =
                min.is_none_or(|min| number >= min) && max.is_none_or(|max| number <= max);
            if is_allowed && in_range {
                Ok(number.into())
            } else {
                Err("is not among the numbers allowed".to_owned())
            }
        }
        Kind::Float { min, max } | Kind::Duration { min, max } => {
            let number = value
                .as_f64()
                .or_else(|| value.as_str()?.trim().parse().ok());
            let number = number
                .filter(|number| number.is_finite())
                .ok_or("is no number")?;
            let least = if matches!(setting.kind, Kind::Duration { .. }) {
                Some(0.0)
            } else {
                None
            };
            let fits = min.or(least).is_none_or(|min| number >= min)
                && max.is_none_or(|max| number <= max);
            if fits {
                Ok(number.into())
            } else {
                Err("is not among the numbers allowed".to_owned())
            }
        }
        Kind::Enum(values) => {
            let word = scalar().ok_or("is no text")?;
            let is_known = values.iter().any(|known| known.value == word);
            if is_known {
                Ok(word.into())
            } else {
                let words: Vec<&str> = values.iter().map(|known| &*known.value).collect();
                Err(format!("is not one of `{}`", words.join("`, `")))
            }
        }
        Kind::List { spaced } => {
            list(value, *spaced).ok_or_else(|| "is no list of texts".to_owned())
        }
        Kind::Map | Kind::SecretMap => map(value).ok_or_else(|| "is no map of texts".to_owned()),
    }
}

fn checked(text: &str, check: Option<&TextCheck>) -> Result<(), String> {
    let Some(check) = check else { return Ok(()) };
    let count = text.chars().count();
    let is_bad = check.min_length.is_some_and(|least| count < least)
        || check.max_length.is_some_and(|most| count > most)
        || check
            .charset
            .as_ref()
            .is_some_and(|set| !text.chars().all(|c| is_in(set, c)))
        || check
            .forbid
            .as_ref()
            .is_some_and(|set| text.chars().any(|c| set.contains(c)))
        || check
            .not_prefix
            .as_ref()
            .is_some_and(|prefix| text.starts_with(prefix.as_str()));
    if is_bad {
        return Err("has another form than this setting has".to_owned());
    }
    Ok(())
}

fn boolean(value: &Json) -> Option<bool> {
    match value {
        Json::Bool(answer) => Some(*answer),
        Json::String(word) => match word.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

fn scalar_text(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(_) | Json::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn list(value: &Json, spaced: bool) -> Option<Json> {
    let items: Vec<String> = match value {
        Json::Array(items) => items.iter().map(scalar_text).collect::<Option<_>>()?,
        Json::String(text) => {
            let text = if spaced {
                text.split_whitespace().collect::<Vec<_>>().join(",")
            } else {
                text.clone()
            };
            split(&text)?
        }
        _ => return None,
    };
    Some(items.into())
}

fn map(value: &Json) -> Option<Json> {
    let mut pairs = Map::new();
    match value {
        Json::Object(given) => {
            for (key, value) in given {
                pairs.insert(key.clone(), scalar_text(value)?.into());
            }
        }
        Json::String(text) => {
            for pair in split(text)? {
                let at = pair.find([':', '='])?;
                let (key, value) = (pair[..at].trim(), pair[at + 1..].trim());
                let value = if pair[at..].starts_with('=') {
                    percent_decoded(value)?
                } else {
                    value.to_owned()
                };
                pairs.insert(key.to_owned(), value.into());
            }
        }
        _ => return None,
    }
    Some(Json::Object(pairs))
}

/// A text without its percent-encoding; `None` where a `%` begins no byte, or the bytes are no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest
            .get(..2)
            .filter(|it| it.iter().all(u8::is_ascii_hexdigit))?;
        bytes.push(u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?);
        rest = &rest[2..];
    }
    String::from_utf8(bytes).ok()
}

/// Items of a comma-separated text; none for JSON, which would be taken apart at its commas.
fn split(text: &str) -> Option<Vec<String>> {
    if text.trim_start().starts_with(['[', '{']) {
        return None;
    }
    let items = text
        .split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty());
    Some(items.map(str::to_owned).collect())
}

/// An http URL that paths can be appended to; a whole one is used as it is.
fn url(text: &str, whole: bool) -> Result<String, String> {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let rest = rest.ok_or("is no URL that starts with `https://` or `http://`")?;
    let (path, query) = match rest.split_once('?') {
        Some((path, query)) if whole => (path, query),
        _ => (rest, ""),
    };
    let host = path.split('/').next().unwrap_or_default();
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte));
    if path.contains(['?', '#', '@'])
        || query.contains('#')
        || host.is_empty()
        || host.starts_with(':')
        || !is_plain
    {
        return Err("is no address of scheme, host and path alone".to_owned());
    }
    Ok(if whole {
        text
    } else {
        text.trim_end_matches('/')
    }
    .to_owned())
}

impl SettingPresence {
    /// The empty value a collection has when nothing is given.
    #[must_use]
    pub fn empty(kind: &Kind) -> Option<Self> {
        match kind {
            Kind::List { .. } => Some(Self::Default(Json::Array(Vec::new()))),
            Kind::Map | Kind::SecretMap => Some(Self::Default(Json::Object(Map::new()))),
            _ => None,
        }
    }
}
