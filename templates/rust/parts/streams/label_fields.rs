//! Labels that settings ask for: parts of an event, and fixed pairs.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::super::super::cloud_sink_base::{Event, lookup, value_text};

/// A part of an event that becomes a label.
#[derive(Debug, Clone)]
pub struct LabelField {
    pub(super) name: String,
    source: LabelSource,
}

impl LabelField {
    /// Reads `level`, `logger`, `message` or `context.KEY`, `/` stepping into nested objects; the
    /// label is named after the last step. `None` for anything else.
    #[must_use]
    pub fn parse(reference: &str) -> Option<Self> {
        let (source, name) = match reference.split_once('.') {
            Some((part, path)) => {
                let steps: Vec<String> = path.split('/').map(str::to_owned).collect();
                if steps.iter().any(String::is_empty) {
                    return None;
                }
                let name = path.rsplit('/').next().unwrap_or(path);
                (LabelSource::Part(Part::parse(part)?, steps), name)
            }
            None => (LabelSource::parse(reference)?, reference),
        };
        let name = valid_name(name);
        Some(Self { name, source })
    }

    /// What an event has there.
    pub(super) fn text<'e>(&self, event: &'e Event) -> Option<Cow<'e, str>> {
        match &self.source {
            LabelSource::Level => Some(Cow::Borrowed(event.level.as_lower())),
            LabelSource::Logger => Some(Cow::Borrowed(&event.logger)),
            LabelSource::Message => Some(Cow::Borrowed(&event.message)),
            LabelSource::Part(part, path) => {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                lookup(part.of(event), &path).and_then(value_text)
            }
        }
    }
}

#[derive(Debug, Clone)]
enum LabelSource {
    Level,
    Logger,
    Message,
    Part(Part, Vec<String>),
}

impl LabelSource {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "level" => Some(Self::Level),
            "logger" => Some(Self::Logger),
            "message" => Some(Self::Message),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy)]
enum Part {
    Context,
    Diagnostics,
    Data,
}

impl Part {
    fn parse(word: &str) -> Option<Self> {
        match word {
            "context" => Some(Self::Context),
            "diagnostics" => Some(Self::Diagnostics),
            "data" => Some(Self::Data),
            _ => None,
        }
    }

    fn of(self, event: &Event) -> &Map<String, Value> {
        match self {
            Self::Context => &event.context,
            Self::Diagnostics => &event.diagnostics,
            Self::Data => &event.data,
        }
    }
}

/// Fields that a setting names; [`super::LabelCheck`] refuses those it names wrongly.
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
pub(super) fn valid_name(name: &str) -> String {
    let mut valid: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if valid.starts_with(|c: char| c.is_ascii_digit()) {
        valid.insert(0, '_');
    }
    valid
}
