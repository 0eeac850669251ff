//! A JSON object written straight into a byte buffer.
//!
//! Keys known when the code was written go in as they are; everything that comes from an event is
//! escaped by `serde_json`.

use serde_json::{Map, Value};

use super::json_value::{has, lookup, push_json, push_value};

/// Writes one JSON object.
///
/// ```text
/// let mut object = JsonObject::begin(out);
/// object.string("message", &event.message);
/// object.end();
/// ```
#[derive(Debug)]
pub struct JsonObject<'a> {
    out: &'a mut Vec<u8>,
    empty: bool,
    merged: [Option<&'a Map<String, Value>>; 3],
    renamed: Vec<String>,
}

impl<'a> JsonObject<'a> {
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

    /// Adds what `write` appends, in quotes; it must need no escaping.
    pub fn quoted(&mut self, key: &'static str, write: impl FnOnce(&mut Vec<u8>)) {
        let out = self.key(key);
        out.push(b'"');
        write(out);
        out.push(b'"');
    }

    /// Adds an object of its own.
    pub fn object(&mut self, key: &'static str, write: impl FnOnce(&mut JsonObject<'_>)) {
        let mut inner = JsonObject::begin(self.key(key));
        write(&mut inner);
        inner.end();
    }

    /// Adds a value that is JSON already.
    pub fn encoded(&mut self, key: &'static str, json: &[u8]) {
        self.key(key).extend_from_slice(json);
    }

    /// Adds `map` under `key`, its nulls left out; nothing when nothing is left.
    pub fn map(&mut self, key: &'static str, map: &Map<String, Value>) {
        if map.values().all(Value::is_null) {
            return;
        }
        self.object(key, |inner| {
            for (name, value) in map.iter().filter(|(_, value)| !value.is_null()) {
                push_value(inner.dynamic_key(name), value);
            }
        });
    }

    /// Merges the entries of `map` into this object, its nulls left out.
    ///
    /// A key that is in `taken`, or that an earlier merge brought, gets `prefix` until it is free,
    /// so that no key appears twice and no value is lost. `prefix` must not be empty. An object
    /// takes at most three merges, one for each part of an event.
    pub fn merge(&mut self, map: &'a Map<String, Value>, taken: &[&str], prefix: &str) {
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

    fn is_free(&self, name: &str, taken: &[&str]) -> bool {
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
