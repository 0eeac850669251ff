//! Records grouped by label set: the labels, a guard over how many sets there are, and the body.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{
    ConfigErrors, Event, Group, Record, Timestamp, lookup, push_json, value_text,
};

thread_local! {
    /// Where a line is written before it is escaped, kept for the next.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    /// Where a label set is written before it is looked up, kept for the next.
    static LABELS: RefCell<LabelText> = const { RefCell::new(LabelText::new()) };
}

/// Writes one entry: `["<nanoseconds>","<line>",{metadata}]`, without metadata where there is none.
#[derive(Debug)]
pub struct StreamEntry<'a> {
    out: &'a mut Vec<u8>,
    has_metadata: bool,
}

impl<'a> StreamEntry<'a> {
    /// Opens the entry with its time.
    pub fn begin(out: &'a mut Vec<u8>, timestamp: Timestamp) -> Self {
        out.extend_from_slice(b"[\"");
        timestamp.push_unix_nanos(out);
        out.push(b'"');
        Self {
            out,
            has_metadata: false,
        }
    }

    /// Adds the line, which `write` appends as JSON.
    pub fn line(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        LINE.with_borrow_mut(|line| {
            line.clear();
            write(line);
            self.out.extend_from_slice(b",\"");
            push_escaped(self.out, line);
            self.out.push(b'"');
        });
    }

    /// Adds metadata that is text; empty text is left out.
    pub fn string(&mut self, key: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        let opening: &[u8] = if self.has_metadata { b",\"" } else { b",{\"" };
        self.out.extend_from_slice(opening);
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        push_json(self.out, text);
        self.has_metadata = true;
    }

    /// Adds metadata of any type, as text.
    pub fn value(&mut self, key: &'static str, value: &Value) {
        if let Some(text) = value_text(value) {
            self.string(key, &text);
        }
    }

    /// Closes the entry.
    pub fn end(self) {
        let closing: &[u8] = if self.has_metadata { b"}]" } else { b"]" };
        self.out.extend_from_slice(closing);
    }
}

/// Appends compact JSON as the inside of a JSON string. It has no control characters left, so only
/// quotes and backslashes need a backslash.
fn push_escaped(out: &mut Vec<u8>, json: &[u8]) {
    let start = out.len();
    out.resize(start + 2 * json.len(), 0);
    let mut end = start;
    // The backslash is always written and kept only where it is needed: in JSON every seventh byte
    // or so is a quote, too many for a search and too irregular for a branch.
    for &byte in json {
        out[end] = b'\\';
        end += usize::from(matches!(byte, b'"' | b'\\'));
        out[end] = byte;
        end += 1;
    }
    out.truncate(end);
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
    pub fn fixed(&mut self, name: &str, value: &str) {
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

    /// Labels from a setting with pairs.
    pub fn pairs(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            self.fixed(name, value);
        }
    }

    /// A label from an event.
    pub fn string(&mut self, name: &str, value: &str) {
        if !value.is_empty() {
            self.fixed(name, self.overflow.unwrap_or(value));
        }
    }

    /// A label from an event's own field.
    pub fn value(&mut self, name: &str, value: &Value) {
        if let Some(text) = value_text(value) {
            self.string(name, &text);
        }
    }

    /// Labels from the parts of an event that a setting names.
    pub fn fields(&mut self, event: &Event, fields: &[LabelField]) {
        for field in fields {
            match &field.source {
                LabelSource::Level => self.string(&field.name, event.level.as_lower()),
                LabelSource::Logger => self.string(&field.name, &event.logger),
                LabelSource::Message => self.string(&field.name, &event.message),
                LabelSource::Part(part, path) => {
                    let path: Vec<&str> = path.iter().map(String::as_str).collect();
                    if let Some(value) = lookup(part.of(event), &path) {
                        self.value(&field.name, value);
                    }
                }
            }
        }
    }
}

/// A part of an event that becomes a label.
#[derive(Debug, Clone)]
pub struct LabelField {
    name: String,
    source: LabelSource,
}

#[derive(Debug, Clone)]
enum LabelSource {
    Level,
    Logger,
    Message,
    Part(Part, Vec<String>),
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Context,
    Diagnostics,
    Data,
}

impl Part {
    fn of(self, event: &Event) -> &Map<String, Value> {
        match self {
            Self::Context => &event.context,
            Self::Diagnostics => &event.diagnostics,
            Self::Data => &event.data,
        }
    }
}

impl LabelField {
    /// Reads `level`, `logger`, `message` or `context.KEY`, `/` stepping into nested objects; the
    /// label is named after the last step. `None` for anything else.
    #[must_use]
    pub fn parse(reference: &str) -> Option<Self> {
        let (source, name) = match reference.split_once('.') {
            None => {
                let source = match reference {
                    "level" => LabelSource::Level,
                    "logger" => LabelSource::Logger,
                    "message" => LabelSource::Message,
                    _ => return None,
                };
                (source, reference)
            }
            Some((part, path)) => {
                let part = match part {
                    "context" => Part::Context,
                    "diagnostics" => Part::Diagnostics,
                    "data" => Part::Data,
                    _ => return None,
                };
                let steps: Vec<String> = path.split('/').map(str::to_owned).collect();
                if steps.iter().any(String::is_empty) {
                    return None;
                }
                let name = path.rsplit('/').next().unwrap_or(path);
                (LabelSource::Part(part, steps), name)
            }
        };
        let name = valid_name(name);
        Some(Self { name, source })
    }
}

/// Every reference of a setting names a part of an event.
pub fn check(errors: &mut ConfigErrors, name: &str, references: &[String]) {
    for reference in references {
        if LabelField::parse(reference).is_none() {
            let known = "`level`, `logger`, `message`, a key such as `context.tenant_id`";
            errors.push(name, format!("{reference:?} is none of {known}"));
        }
    }
}

/// Fields that a setting names; [`check`] refuses those it names wrongly.
#[must_use]
pub fn fields(references: &[String]) -> Vec<LabelField> {
    references
        .iter()
        .filter_map(|reference| LabelField::parse(reference))
        .collect()
}

/// Pairs with names the provider takes.
#[must_use]
pub fn pairs(pairs: &[(String, String)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| (valid_name(name), value.clone()))
        .collect()
}

/// A name of letters, digits and `_`, not starting with a digit.
fn valid_name(name: &str) -> String {
    let mut valid: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if valid.starts_with(|c: char| c.is_ascii_digit()) {
        valid.insert(0, '_');
    }
    valid
}

/// Writes `{"streams":[{"stream":{labels},"values":[entry,entry]}]}`: groups in the order of their
/// first entry, entries in the order of `records`.
///
/// # Errors
///
/// Those of `out`.
pub fn write(records: &[Record], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"{\"streams\":[")?;
    for (index, (labels, entries)) in grouped(records).iter().enumerate() {
        let opening = if index > 0 {
            ",{\"stream\":"
        } else {
            "{\"stream\":"
        };
        out.write_all(opening.as_bytes())?;
        out.write_all(labels.as_bytes())?;
        out.write_all(b",\"values\":[")?;
        for (index, entry) in entries.iter().enumerate() {
            if index > 0 {
                out.write_all(b",")?;
            }
            out.write_all(entry)?;
        }
        out.write_all(b"]}")?;
    }
    out.write_all(b"]}")
}

fn grouped(records: &[Record]) -> Vec<(&str, Vec<&[u8]>)> {
    let mut groups: Vec<(&str, Vec<&[u8]>)> = Vec::new();
    let mut places = HashMap::new();
    let mut last: (Option<&Group>, usize) = (None, 0);
    for record in records {
        let group = record.group.as_ref();
        // Neighbours mostly share a group; then no text is hashed.
        let same = matches!((last.0, group), (Some(a), Some(b)) if Arc::ptr_eq(a, b));
        if !same {
            let labels = group.map_or("{}", |group| group);
            let place = *places.entry(labels).or_insert_with(|| {
                groups.push((labels, Vec::new()));
                groups.len() - 1
            });
            last = (group, place);
        }
        groups[last.1].1.push(&record.bytes);
    }
    groups
}

/// A setting's text, empty text counting as unset.
#[must_use]
pub fn present(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.is_empty()).map(str::to_owned)
}
