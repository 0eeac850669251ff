//! Label sets, and a guard over how many there are.

use std::cell::RefCell;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::super::super::cloud_sink_base::{Event, Group, ToText};
use super::LabelField;

thread_local! {
    /// Where a label set is written before it is looked up, kept for the next.
    static LABELS: RefCell<LabelText> = const { RefCell::new(LabelText::new()) };
}

/// The label sets a sink has created, kept below a limit: a field with many values would otherwise
/// exhaust the provider's streams.
#[derive(Debug)]
pub struct Streams {
    known: Mutex<HashSet<Group>>,
    max: usize,
    overflow: &'static str,
}

impl Streams {
    /// A guard that replaces dynamic label values by `overflow` beyond `max` label sets.
    #[must_use]
    pub fn new(max: i64, overflow: &'static str) -> Self {
        Self {
            known: Mutex::default(),
            max: usize::try_from(max).unwrap_or(0),
            overflow,
        }
    }

    /// The group of the labels that `write` adds; called twice beyond the limit.
    pub fn group(&self, write: impl Fn(&mut Labels<'_>)) -> Group {
        LABELS.with_borrow_mut(|text| {
            let labels = text.write(None, &write);
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(group) = known.get(labels) {
                return Arc::clone(group);
            }
            let labels = if known.len() < self.max {
                labels
            } else {
                text.write(Some(self.overflow), &write)
            };
            let group: Group = match known.get(labels) {
                Some(group) => Arc::clone(group),
                None => Arc::from(labels),
            };
            known.insert(Arc::clone(&group));
            group
        })
    }
}

/// The text of one label set and where its names stand in it.
#[derive(Debug)]
struct LabelText {
    json: String,
    names: Vec<Range<usize>>,
}

impl LabelText {
    const fn new() -> Self {
        Self {
            json: String::new(),
            names: Vec::new(),
        }
    }

    fn write(&mut self, overflow: Option<&'static str>, write: impl Fn(&mut Labels<'_>)) -> &str {
        self.json.clear();
        self.names.clear();
        self.json.push('{');
        write(&mut Labels {
            text: self,
            overflow,
        });
        self.json.push('}');
        &self.json
    }
}

/// Adds labels to a set. The first to give a name wins; empty values are left out.
#[derive(Debug)]
pub struct Labels<'a> {
    text: &'a mut LabelText,
    overflow: Option<&'static str>,
}

impl Labels<'_> {
    /// A label from the settings.
    pub fn fixed(&mut self, name: &str, value: &dyn ToText) {
        if let Some(text) = value.to_text() {
            self.add(name, &text);
        }
    }

    /// A label from an event.
    pub fn event(&mut self, name: &str, value: &dyn ToText) {
        if let Some(text) = value.to_text() {
            self.add(name, self.overflow.unwrap_or(&text));
        }
    }

    /// Labels from a setting with pairs.
    pub fn pairs(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            self.fixed(name, value);
        }
    }

    /// Labels from the parts of an event that a setting names.
    pub fn fields(&mut self, event: &Event, fields: &[LabelField]) {
        for field in fields {
            self.event(&field.name, &field.text(event));
        }
    }

    fn add(&mut self, name: &str, value: &str) {
        let LabelText { json, names } = &mut *self.text;
        if value.is_empty() || names.iter().any(|range| &json[range.clone()] == name) {
            return;
        }
        json.push_str(if names.is_empty() { "\"" } else { ",\"" });
        names.push(json.len()..json.len() + name.len());
        json.push_str(name);
        json.push_str("\":");
        if value
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
        {
            json.push('"');
            json.push_str(value);
            json.push('"');
        } else {
            json.push_str(&Value::from(value).to_string());
        }
    }
}
