//! Label sets of grouped streams, and the guard over how many there are.

use std::collections::HashSet;
use std::fmt::Write as _;

use serde_json::Value as Json;

use super::super::model::{Form, From, Label, Sink, Streams as Rules};
use super::encode::{Scope, quoted};
use super::settings::Settings;
use crate::sink::model::{Chain, EventPart, KeyForm, LevelForm};

/// The label sets a sink has made.
#[derive(Debug)]
pub struct Streams {
    known: HashSet<String>,
    max: usize,
    pairs: Vec<Vec<(String, String)>>,
    fields: Vec<Vec<(String, Chain)>>,
}

impl Streams {
    /// None yet.
    pub fn new(sink: &Sink, settings: &Settings) -> Self {
        let Form::Streams(rules) = &sink.payload.form else {
            return Self {
                known: HashSet::new(),
                max: 0,
                pairs: Vec::new(),
                fields: Vec::new(),
            };
        };
        let max = settings.present(rules.max_streams).and_then(Json::as_u64);
        let of_settings = |label: &Label| match label {
            Label::Pairs(id) | Label::Fields(id) => settings.present(*id).cloned(),
            Label::Named { .. } => None,
        };
        let pairs = rules.labels.iter().map(|label| {
            let given = of_settings(label);
            let given = given
                .as_ref()
                .and_then(Json::as_object)
                .into_iter()
                .flatten();
            let pairs = given.map(|(name, value)| (valid_name(name), text(value)));
            pairs.collect()
        });
        let fields = rules.labels.iter().map(|label| {
            let given = of_settings(label);
            let given = given
                .as_ref()
                .and_then(Json::as_array)
                .into_iter()
                .flatten();
            given.filter_map(|item| field(&text(item))).collect()
        });
        Self {
            known: HashSet::new(),
            max: max.and_then(|max| usize::try_from(max).ok()).unwrap_or(0),
            pairs: pairs.collect(),
            fields: fields.collect(),
        }
    }

    /// The label set of an event as JSON text; `None` where records have none.
    pub fn group(&mut self, scope: &Scope<'_>) -> Option<String> {
        let Form::Streams(rules) = scope.form() else {
            return None;
        };
        let mut labels = self.labels(rules, scope, None);
        if !self.known.contains(&labels) && self.known.len() >= self.max {
            labels = self.labels(rules, scope, Some(&rules.overflow_value));
        }
        self.known.insert(labels.clone());
        Some(labels)
    }

    /// The first to give a name wins; empty values are left out.
    fn labels(&self, rules: &Rules, scope: &Scope<'_>, overflow: Option<&str>) -> String {
        let mut set = Set::default();
        for (index, label) in rules.labels.iter().enumerate() {
            match label {
                Label::Named { name, value, .. } => {
                    // Only what an event brings can be too many.
                    for from in &value.sources {
                        let one = Chain {
                            sources: vec![from.clone()],
                        };
                        if let Some(text) = scope.chain_text(&one) {
                            let replaced = overflow.filter(|_| from.is_of_event());
                            set.add(name, replaced.unwrap_or(&text));
                            break;
                        }
                    }
                }
                Label::Pairs(_) => {
                    for (name, value) in &self.pairs[index] {
                        set.add(name, value);
                    }
                }
                Label::Fields(_) => {
                    for (name, chain) in &self.fields[index] {
                        if let Some(text) = scope.chain_text(chain) {
                            set.add(name, overflow.unwrap_or(&text));
                        }
                    }
                }
            }
        }
        format!("{{{}}}", set.json)
    }
}

#[derive(Debug, Default)]
struct Set {
    json: String,
    names: HashSet<String>,
}

impl Set {
    fn add(&mut self, name: &str, value: &str) {
        if value.is_empty() || !self.names.insert(name.to_owned()) {
            return;
        }
        let separator = if self.json.is_empty() { "" } else { "," };
        let _ = write!(self.json, "{separator}{}:{}", quoted(name), quoted(value));
    }
}

fn text(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A name of letters, digits and `_`, not starting with a digit.
pub fn valid_name(name: &str) -> String {
    let mut valid: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if valid.starts_with(|c: char| c.is_ascii_digit()) {
        valid.insert(0, '_');
    }
    valid
}

/// `level`, `logger`, `message` or `context.KEY`, `/` stepping into nested objects; the label is named
/// after the last step.
pub fn field(reference: &str) -> Option<(String, Chain)> {
    let (from, name) = match reference.split_once('.') {
        Some((part, path)) => key(part, path)?,
        None => (word(reference)?, reference),
    };
    let sources = vec![from];
    Some((valid_name(name), Chain { sources }))
}

fn key<'p>(part: &str, path: &'p str) -> Option<(From, &'p str)> {
    let part = match part {
        "context" => EventPart::Context,
        "diagnostics" => EventPart::Diagnostics,
        "data" => EventPart::Data,
        _ => return None,
    };
    let steps: Vec<&str> = path.split('/').collect();
    if steps.iter().any(|step| step.is_empty()) {
        return None;
    }
    let name = steps.last().copied()?;
    let path = steps.into_iter().map(str::to_owned).collect();
    let form = KeyForm::Text;
    Some((From::Key { part, path, form }, name))
}

fn word(reference: &str) -> Option<From> {
    match reference {
        "level" => Some(From::Level(LevelForm::Lower)),
        "logger" => Some(From::Logger),
        "message" => Some(From::Message),
        _ => None,
    }
}
