//! References: what `from` says, and the `{field}` holes of a text.

use crate::spec::model::{EventPart, OneOrMany};

impl OneOrMany {
    /// The references in order; empty when there are none.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(reference) => std::slice::from_ref(reference),
            Self::Many(references) => references,
            Self::Absent => &[],
        }
    }

    /// The references up to the first that every event has: those after it never count.
    #[must_use]
    pub fn sources(&self) -> Vec<Reference<'_>> {
        let mut sources = Vec::new();
        for reference in self.as_slice() {
            sources.extend(Reference::parse(reference));
            if sources.last().is_some_and(Reference::is_always_present) {
                break;
            }
        }
        sources
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
    /// A whole part of the event.
    Part(EventPart),
    /// A key of a part; `/` separates the keys of nested objects.
    Key(EventPart, &'s str),
    /// A setting.
    Config(&'s str),
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
            "config" => return key.filter(|key| !key.is_empty()).map(Self::Config),
            _ => return None,
        };
        match key {
            None => Some(Self::Part(part)),
            Some(key) if key.split('/').all(|step| !step.is_empty()) => Some(Self::Key(part, key)),
            Some(_) => None,
        }
    }

    /// Whether every event has it.
    #[must_use]
    pub const fn is_always_present(&self) -> bool {
        matches!(self, Self::Message | Self::Level | Self::Timestamp)
    }
}

/// The `{field}` holes of a text, in order; an error names what is wrong with the braces.
pub fn holes(text: &str) -> impl Iterator<Item = Result<&str, &str>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let open = rest.find(['{', '}'])?;
        let from = &rest[open..];
        let end = from.find('}').filter(|_| from.starts_with('{'));
        let Some(end) = end else {
            rest = "";
            return Some(Err(from));
        };
        rest = &from[end + 1..];
        let name = &from[1..end];
        let named =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        Some(if named { Ok(name) } else { Err(&from[..=end]) })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_found_in_order() {
        let found: Vec<_> = holes("https://{site}.x/{tenant}").collect();

        assert_eq!(found, [Ok("site"), Ok("tenant")]);
    }

    #[test]
    fn broken_holes_are_named() {
        for broken in ["a{b", "a}b", "a{}b", "a{b c}"] {
            assert!(holes(broken).any(|hole| hole.is_err()), "{broken}");
        }
    }

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
        for text in ["msg", "context.", "config", "config.", "data./x", ""] {
            assert_eq!(Reference::parse(text), None, "{text}");
        }
    }

    #[test]
    fn nothing_after_a_source_that_is_always_present_counts() {
        let from = OneOrMany::Many(vec!["message".to_owned(), "logger".to_owned()]);

        assert_eq!(from.sources(), [Reference::Message]);
    }
}
