//! References: what `from` says.

use crate::spec::model::{EventPart, OneOrMany};

impl OneOrMany {
    /// The references in order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(reference) => std::slice::from_ref(reference),
            Self::Many(references) => references,
        }
    }
}

/// Where a value comes from: what `from` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference<'s> {
    /// The event's message.
    Message,
    /// The event's level.
    Level,
    /// The event's logger.
    Logger,
    /// The event's timestamp.
    Timestamp,
    /// The moment.
    Now,
    /// The event's position in its request.
    Position,
    /// A whole part of the event.
    Part(EventPart),
    /// A key of a part; `/` separates the keys of nested objects.
    Key(EventPart, &'s str),
    /// A setting.
    Config(&'s str),
    /// The value of one key of a map setting: its name, and the key.
    Pair(&'s str, &'s str),
}

impl<'s> Reference<'s> {
    /// Reads a reference; `None` when it has none of the known forms.
    #[must_use]
    pub fn parse(text: &'s str) -> Option<Self> {
        match text {
            "message" => return Some(Self::Message),
            "level" => return Some(Self::Level),
            "logger" => return Some(Self::Logger),
            "timestamp" => return Some(Self::Timestamp),
            "now" => return Some(Self::Now),
            "position" => return Some(Self::Position),
            _ => {}
        }
        let (head, key) = match text.split_once('.') {
            Some((head, key)) => (head, Some(key)),
            None => (text, None),
        };
        let part = match head {
            "context" => EventPart::Context,
            "diagnostics" => EventPart::Diagnostics,
            "data" => EventPart::Data,
            "config" => return key.and_then(Self::of_setting),
            _ => return None,
        };
        match key {
            None => Some(Self::Part(part)),
            Some(key) if key.split('/').all(|step| !step.is_empty()) => Some(Self::Key(part, key)),
            Some(_) => None,
        }
    }

    /// What stands after `config.`.
    fn of_setting(text: &'s str) -> Option<Self> {
        match text.split_once('/') {
            None => (!text.is_empty()).then_some(Self::Config(text)),
            Some((name, key)) => {
                (!name.is_empty() && !key.is_empty()).then_some(Self::Pair(name, key))
            }
        }
    }

    /// Whether every event has it.
    #[must_use]
    pub const fn is_always_present(&self) -> bool {
        matches!(
            self,
            Self::Message | Self::Level | Self::Timestamp | Self::Now | Self::Position
        )
    }

    /// Whether it is of an event.
    #[must_use]
    pub const fn is_of_event(&self) -> bool {
        !matches!(self, Self::Config(_) | Self::Pair(..) | Self::Now)
    }

    /// The setting it names.
    #[must_use]
    pub const fn setting(&self) -> Option<&'s str> {
        match self {
            Self::Config(name) | Self::Pair(name, _) => Some(name),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_have_the_documented_forms() {
        let nested = Reference::parse("diagnostics.exception/error.type");

        assert_eq!(
            nested,
            Some(Reference::Key(
                EventPart::Diagnostics,
                "exception/error.type"
            ))
        );
        let pair = Reference::parse("config.attributes/service.name");
        assert_eq!(pair, Some(Reference::Pair("attributes", "service.name")));
        for text in [
            "config./x",
            "config.a/",
            "msg",
            "context.",
            "config",
            "config.",
            "data./x",
            "",
        ] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }
}
