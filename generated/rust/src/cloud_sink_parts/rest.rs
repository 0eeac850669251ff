//! The parts of an event that a provider names no place for, in the shape it takes them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{JsonObject, push_json, push_value, value_text};

/// Objects nested deeper are no longer taken apart.
const MAX_DEPTH: usize = 32;

/// How the members of a rest are made. The usual one keeps keys and values as they are.
#[derive(Debug, Clone, Copy)]
pub struct Rest {
    /// Put before every key.
    pub prefix: &'static str,
    /// Members of nested objects stand beside the others, their keys joined by this.
    pub flatten: Option<&'static str>,
    /// What values may be.
    pub values: RestValues,
    /// Characters keys may have, as in a bracket expression; others become `_`.
    pub keys: Option<&'static str>,
    /// Most members; those beyond stand together as JSON text under `_rest`.
    pub max: Option<usize>,
}

/// What values may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestValues {
    /// Anything.
    Any,
    /// Texts, numbers and booleans; others become their JSON text.
    Scalars,
    /// Texts; others become their JSON text.
    Texts,
}

/// A part of an event, and what is put before a key of it that is taken.
pub type Part<'e> = (&'static str, &'e Map<String, Value>);

impl Rest {
    /// Keys and values as they are.
    pub const USUAL: Self = Self {
        prefix: "",
        flatten: None,
        values: RestValues::Any,
        keys: None,
        max: None,
    };

    /// The members of these parts, later ones after earlier ones, nulls left out. A key that
    /// `is_free` refuses gets its part's prefix until it is free.
    pub fn members(
        &self,
        parts: &[Part<'_>],
        is_free: impl Fn(&str) -> bool,
    ) -> Vec<(String, Value)> {
        let mut used: HashSet<String> = HashSet::new();
        let mut members = Vec::new();
        for (clash, part) in parts {
            let shaped = self.shaped(part);
            let clash = self.clean(clash);
            let own: HashSet<String> = shaped.iter().map(|(name, _)| self.key(name)).collect();
            for (mut name, value) in shaped {
                let mut key = self.key(&name);
                let mut is_renamed = false;
                // A renamed key must not become that of a later member either.
                while !is_free(&key) || used.contains(&key) || (is_renamed && own.contains(&key)) {
                    name.insert_str(0, &clash);
                    key = self.key(&name);
                    is_renamed = true;
                }
                used.insert(key.clone());
                members.push((key, value));
            }
        }
        self.capped(members)
    }

    /// The members of these parts with all keys of their own.
    #[must_use]
    pub fn all(&self, parts: &[Part<'_>]) -> Vec<(String, Value)> {
        self.members(parts, |_| true)
    }

    /// Merges the members into an object whose keys of its own are `taken`.
    pub fn merge(&self, object: &mut JsonObject<'_, '_>, parts: &[Part<'_>], taken: &[&str]) {
        let members = self.members(parts, |key| object.is_free(key, taken));
        for (key, value) in members {
            object.member(key, &value);
        }
    }

    fn key(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// Members of a part as they would be if no key was taken, prefixes excepted.
    fn shaped(&self, part: &Map<String, Value>) -> Vec<(String, Value)> {
        let mut out = Vec::new();
        for (key, value) in part {
            self.push(&mut out, key, value, 1);
        }
        out
    }

    fn push(&self, out: &mut Vec<(String, Value)>, key: &str, value: &Value, depth: usize) {
        match (self.flatten, value) {
            (_, Value::Null) => {}
            (Some(separator), Value::Object(inner)) if depth <= MAX_DEPTH => {
                for (name, value) in inner {
                    let key = format!("{key}{separator}{name}");
                    self.push(out, &key, value, depth + 1);
                }
            }
            _ => out.push((self.clean(key), self.converted(value))),
        }
    }

    fn converted(&self, value: &Value) -> Value {
        let is_fit = match self.values {
            RestValues::Any => true,
            RestValues::Scalars => !value.is_array() && !value.is_object(),
            RestValues::Texts => value.is_string(),
        };
        if is_fit {
            return value.clone();
        }
        let text = value_text(value).unwrap_or_default();
        Value::String(text.into_owned())
    }

    fn clean(&self, key: &str) -> String {
        let Some(set) = self.keys else {
            return key.to_owned();
        };
        key.chars()
            .map(|c| if is_in(set, c) { c } else { '_' })
            .collect()
    }

    fn capped(&self, mut members: Vec<(String, Value)>) -> Vec<(String, Value)> {
        let Some(max) = self.max.filter(|max| members.len() > *max) else {
            return members;
        };
        let beyond: Map<String, Value> = members.drain(max.saturating_sub(1)..).collect();
        let text = value_text(&Value::Object(beyond)).map(std::borrow::Cow::into_owned);
        members.push((self.key("_rest"), text.into()));
        members
    }
}

/// Members as a JSON object; `None` where there are none.
#[must_use]
pub fn object(members: &[(String, Value)]) -> Option<Vec<u8>> {
    if members.is_empty() {
        return None;
    }
    let mut out = Vec::new();
    for (index, (key, value)) in members.iter().enumerate() {
        out.push(if index > 0 { b',' } else { b'{' });
        push_json(&mut out, key);
        out.push(b':');
        push_value(&mut out, value);
    }
    out.push(b'}');
    Some(out)
}

/// Members as one text with their JSON; `None` where there are none.
#[must_use]
pub fn json_text(members: &[(String, Value)]) -> Option<Vec<u8>> {
    let object = object(members)?;
    let mut out = Vec::new();
    push_json(&mut out, &*String::from_utf8_lossy(&object));
    Some(out)
}

/// Whether a bracket expression names `character`; a `-` at either end stands for itself.
fn is_in(set: &str, character: char) -> bool {
    let mut rest = set.chars();
    while let Some(low) = rest.next() {
        let mut ahead = rest.clone();
        if let (Some('-'), Some(high)) = (ahead.next(), ahead.next()) {
            if (low..=high).contains(&character) {
                return true;
            }
            rest = ahead;
        } else if low == character {
            return true;
        }
    }
    false
}
