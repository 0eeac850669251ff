//! References of a spec to the parts of an event and to settings.

use crate::provider::model::{EventPart, OneOrMany};

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The message; always there.
    Message,
    /// The level; always there.
    Level,
    /// The logger; may be empty.
    Logger,
    /// The time; always there.
    Timestamp,
    /// A whole part of the event.
    Part(EventPart),
    /// A key of a part, and steps into nested objects.
    Key(EventPart, Vec<String>),
    /// A setting.
    Config(String),
}

impl Source {
    /// Reads a reference; `None` for one the loader would have refused.
    #[must_use]
    pub fn parse(reference: &str) -> Option<Self> {
        match reference {
            "message" => return Some(Self::Message),
            "level" => return Some(Self::Level),
            "logger" => return Some(Self::Logger),
            "timestamp" => return Some(Self::Timestamp),
            _ => {}
        }
        let Some((head, rest)) = reference.split_once('.') else {
            return part(reference).map(Self::Part);
        };
        if head == "config" {
            return Some(Self::Config(rest.to_owned()));
        }
        Some(Self::Key(
            part(head)?,
            rest.split('/').map(str::to_owned).collect(),
        ))
    }

    /// Whether every event has it.
    #[must_use]
    pub fn is_always_present(&self) -> bool {
        matches!(self, Self::Message | Self::Level | Self::Timestamp)
    }
}

/// The sources of a field, up to the first that is always present.
#[must_use]
pub fn sources(from: &OneOrMany) -> Vec<Source> {
    let mut sources = Vec::new();
    for reference in references(from) {
        sources.extend(Source::parse(reference));
        if sources.last().is_some_and(Source::is_always_present) {
            break;
        }
    }
    sources
}

/// The references as written.
#[must_use]
pub fn references(from: &OneOrMany) -> &[String] {
    match from {
        OneOrMany::One(one) => std::slice::from_ref(one),
        OneOrMany::Many(many) => many,
        OneOrMany::Absent => &[],
    }
}

/// The field of an event that holds `part`.
#[must_use]
pub fn part_name(part: EventPart) -> &'static str {
    match part {
        EventPart::Context => "context",
        EventPart::Diagnostics => "diagnostics",
        EventPart::Data => "data",
    }
}

fn part(name: &str) -> Option<EventPart> {
    match name {
        "context" => Some(EventPart::Context),
        "diagnostics" => Some(EventPart::Diagnostics),
        "data" => Some(EventPart::Data),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slash_steps_into_an_object_and_a_dot_does_not() {
        let path = vec!["exception".to_owned(), "error.type".to_owned()];

        let source = Source::parse("diagnostics.exception/error.type");

        assert_eq!(Some(Source::Key(EventPart::Diagnostics, path)), source);
    }

    #[test]
    fn nothing_after_a_source_that_is_always_present_counts() {
        let from = OneOrMany::Many(vec!["message".to_owned(), "logger".to_owned()]);

        assert_eq!(vec![Source::Message], sources(&from));
    }
}
