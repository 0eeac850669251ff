//! JSON objects and lists written straight into a byte buffer.
//!
//! Keys known when the code was written go in as they are; everything that comes from an event is
//! escaped by `serde_json`.

use std::marker::PhantomData;

use serde_json::{Map, Value};

use super::json_value::{has, lookup, push_json, push_value};
use super::text::{ToText, filled};
use super::{TimeFormat, Timestamp};

/// Writes one JSON object.
///
/// ```text
/// let mut object = JsonObject::begin(out);
/// object.string("message", &event.message);
/// object.end();
/// ```
#[derive(Debug)]
pub struct JsonObject<'a, 'event> {
    out: &'a mut Vec<u8>,
    empty: bool,
    merged: [Option<&'event Map<String, Value>>; 3],
    renamed: Vec<String>,
}

impl<'a, 'event> JsonObject<'a, 'event> {
    /// Opens the object at the end of `out`.
    pub fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self {
            out,
            empty: true,
            merged: [None; 3],
            renamed: Vec::new(),
        }
    }

    /// Closes it.
    pub fn end(self) {
        self.out.push(b'}');
    }

    /// Adds text.
    pub fn string(&mut self, key: &'static str, text: &str) {
        push_json(self.key(key), text);
    }

    /// Adds any value.
    pub fn value(&mut self, key: &'static str, value: &Value) {
        push_value(self.key(key), value);
    }

    /// Adds the value at `path` of a part of an event; nothing when there is none.
    #[inline]
    pub fn optional(&mut self, key: &'static str, part: &Map<String, Value>, path: &[&str]) {
        if let Some(value) = lookup(part, path) {
            self.value(key, value);
        }
    }

    /// Adds a whole number.
    pub fn i64(&mut self, key: &'static str, number: i64) {
        push_json(self.key(key), &number);
    }

    /// Adds a whole number from zero.
    pub fn u64(&mut self, key: &'static str, number: u64) {
        push_json(self.key(key), &number);
    }

    /// Adds what `write` appends, which must be one JSON value.
    pub fn raw(&mut self, key: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        write(self.key(key));
    }

    /// Adds a moment.
    pub fn time(&mut self, key: &'static str, time: Timestamp, format: TimeFormat) {
        time.push_json(format, self.key(key));
    }

    /// Adds text made of pieces; nothing when one of them is absent.
    pub fn text(&mut self, key: &'static str, pieces: &[&dyn ToText]) {
        if let Some(text) = filled(pieces) {
            self.string(key, &text);
        }
    }

    /// Adds an object of its own.
    pub fn object(&mut self, key: &'static str, write: impl FnOnce(&mut JsonObject<'_, 'event>)) {
        push_object(self.key(key), write);
    }

    /// Adds a list.
    pub fn list(&mut self, key: &'static str, write: impl FnOnce(&mut JsonList<'_, 'event>)) {
        push_list(self.key(key), write);
    }

    /// Adds a value that is JSON already.
    pub fn encoded(&mut self, key: &'static str, json: &[u8]) {
        self.key(key).extend_from_slice(json);
    }

    /// Adds a value that is JSON already, where there is one.
    #[allow(clippy::ref_option, reason = "an encoder's field as it is")]
    pub fn constant(&mut self, key: &'static str, json: &Option<Vec<u8>>) {
        if let Some(json) = json {
            self.encoded(key, json);
        }
    }

    /// Adds a value that is JSON already and was made for this event, where there is one.
    pub fn some(&mut self, key: &'static str, json: Option<Vec<u8>>) {
        if let Some(json) = json {
            self.key(key).extend(json);
        }
    }

    /// Adds `map` under `key`, its nulls left out; nothing when nothing is left.
    pub fn map(&mut self, key: &'static str, map: &Map<String, Value>) {
        if has_values(map) {
            push_map(self.key(key), map);
        }
    }

    /// Adds a member whose key comes from an event and is free.
    pub fn member(&mut self, key: String, value: &Value) {
        push_value(self.dynamic_key(&key), value);
        self.renamed.push(key);
    }

    /// Merges the entries of `map` into this object, its nulls left out.
    ///
    /// A key that is in `taken`, or that an earlier merge brought, gets `prefix` until it is free,
    /// so that no key appears twice and no value is lost. `prefix` must not be empty. An object
    /// takes at most three merges, one for each part of an event.
    pub fn merge(&mut self, map: &'event Map<String, Value>, taken: &[&str], prefix: &str) {
        for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
            if self.is_free(name, taken) {
                push_value(self.dynamic_key(name), value);
                continue;
            }
            let mut longer = format!("{prefix}{name}");
            while has(map, &longer) || !self.is_free(&longer, taken) {
                longer.insert_str(0, prefix);
            }
            push_value(self.dynamic_key(&longer), value);
            self.renamed.push(longer);
        }
        if let Some(slot) = self.merged.iter_mut().find(|slot| slot.is_none()) {
            *slot = Some(map);
        }
    }

    /// Whether a key is not in `taken`, and no merge brought it.
    #[must_use]
    pub fn is_free(&self, name: &str, taken: &[&str]) -> bool {
        !taken.contains(&name)
            && !self
                .merged
                .iter()
                .flatten()
                .any(|earlier| has(earlier, name))
            && !self.renamed.iter().any(|earlier| earlier == name)
    }

    fn key(&mut self, key: &'static str) -> &mut Vec<u8> {
        self.separate();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self.out
    }

    fn dynamic_key(&mut self, key: &str) -> &mut Vec<u8> {
        self.separate();
        push_json(self.out, key);
        self.out.push(b':');
        self.out
    }

    fn separate(&mut self) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
    }
}

/// Writes the items of one JSON list, or one value that stands alone.
#[derive(Debug)]
pub struct JsonList<'a, 'event> {
    out: &'a mut Vec<u8>,
    empty: bool,
    event: PhantomData<&'event ()>,
}

impl<'a, 'event> JsonList<'a, 'event> {
    /// The place of one value at the end of `out`.
    pub fn value_of(out: &'a mut Vec<u8>) -> Self {
        Self {
            out,
            empty: true,
            event: PhantomData,
        }
    }

    /// Writes `null` where nothing came.
    pub fn or_null(self) {
        if self.empty {
            self.out.extend_from_slice(b"null");
        }
    }

    /// Adds text.
    pub fn string(&mut self, text: &str) {
        push_json(self.next(), text);
    }

    /// Adds any value.
    pub fn value(&mut self, value: &Value) {
        push_value(self.next(), value);
    }

    /// Adds a whole number.
    pub fn i64(&mut self, number: i64) {
        push_json(self.next(), &number);
    }

    /// Adds what `write` appends, which must be one JSON value.
    pub fn raw(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        write(self.next());
    }

    /// Adds a moment.
    pub fn time(&mut self, time: Timestamp, format: TimeFormat) {
        time.push_json(format, self.next());
    }

    /// Adds text made of pieces; nothing when one of them is absent.
    pub fn text(&mut self, pieces: &[&dyn ToText]) {
        if let Some(text) = filled(pieces) {
            self.string(&text);
        }
    }

    /// Adds an object.
    pub fn object(&mut self, write: impl FnOnce(&mut JsonObject<'_, 'event>)) {
        push_object(self.next(), write);
    }

    /// Adds a list.
    pub fn list(&mut self, write: impl FnOnce(&mut JsonList<'_, 'event>)) {
        push_list(self.next(), write);
    }

    /// Adds a value that is JSON already.
    pub fn encoded(&mut self, json: &[u8]) {
        self.next().extend_from_slice(json);
    }

    /// Adds a value that is JSON already, where there is one.
    #[allow(clippy::ref_option, reason = "an encoder's field as it is")]
    pub fn constant(&mut self, json: &Option<Vec<u8>>) {
        if let Some(json) = json {
            self.encoded(json);
        }
    }

    /// Adds a value that is JSON already and was made for this event, where there is one.
    pub fn some(&mut self, json: Option<Vec<u8>>) {
        if let Some(json) = json {
            self.next().extend(json);
        }
    }

    /// Adds `map`, its nulls left out; nothing when nothing is left.
    pub fn map(&mut self, map: &Map<String, Value>) {
        if has_values(map) {
            push_map(self.next(), map);
        }
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        self.out
    }
}

/// Whether a part of an event holds anything but nulls.
#[must_use]
pub fn has_values(map: &Map<String, Value>) -> bool {
    !map.values().all(Value::is_null)
}

/// Appends a part of an event, its nulls left out.
pub fn push_map(out: &mut Vec<u8>, map: &Map<String, Value>) {
    let mut object = JsonObject::begin(out);
    for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
        push_value(object.dynamic_key(name), value);
    }
    object.end();
}

fn push_object<'event>(out: &mut Vec<u8>, write: impl FnOnce(&mut JsonObject<'_, 'event>)) {
    let mut object = JsonObject::begin(out);
    write(&mut object);
    object.end();
}

fn push_list<'event>(out: &mut Vec<u8>, write: impl FnOnce(&mut JsonList<'_, 'event>)) {
    out.push(b'[');
    let mut list = JsonList::value_of(out);
    write(&mut list);
    out.push(b']');
}
