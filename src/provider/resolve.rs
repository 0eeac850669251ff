//! Questions that several stages ask of a spec.

use std::ops::RangeInclusive;

use serde_json::Value;

use super::model::{
    Code, EventPart, OneOrMany, OutcomeName, RecordField, RecordShape, Responses, Rest, Rule, Spec,
    StatusSet,
};

impl Spec {
    /// Prefix of type names: `names.type_prefix`, else `id` in camel case.
    #[must_use]
    pub fn type_prefix(&self) -> String {
        self.names
            .type_prefix
            .clone()
            .unwrap_or_else(|| camel_case(&self.id))
    }
}

impl StatusSet {
    /// The statuses it holds; `None` when a range is malformed, which the loader refuses.
    #[must_use]
    pub fn range(&self) -> Option<RangeInclusive<u16>> {
        match self {
            Self::One(status) => Some(*status..=*status),
            Self::Range(text) => {
                let (first, last) = text.split_once('-').unwrap_or((text, text));
                let (first, last) = (status_number(first)?, status_number(last)?);
                (first <= last).then_some(first..=last)
            }
        }
    }

    /// Whether it holds `status`.
    #[must_use]
    pub fn contains(&self, status: u16) -> bool {
        self.range().is_some_and(|range| range.contains(&status))
    }
}

fn status_number(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

impl Code {
    /// Whether a value found in a body is this code. A number also matches its own text.
    #[must_use]
    pub fn is(&self, found: &Value) -> bool {
        match (self, found) {
            (Self::Number(code), Value::Number(found)) => found.as_i64() == Some(*code),
            (Self::Number(code), Value::String(found)) => *found == code.to_string(),
            (Self::Word(code), Value::String(found)) => found == code,
            _ => false,
        }
    }
}

impl Rule {
    /// Whether it holds for every status or names this one.
    #[must_use]
    pub fn has_status(&self, status: u16) -> bool {
        self.status.is_empty() || self.status.iter().any(|set| set.contains(status))
    }

    /// Whether it applies to a response; `code` is what stands at `responses.code` in the body.
    #[must_use]
    pub fn matches(&self, status: u16, code: Option<&Value>) -> bool {
        let has_code = || code.is_some_and(|found| self.code.iter().any(|code| code.is(found)));
        self.has_status(status) && (self.code.is_empty() || has_code())
    }
}

impl Responses {
    /// What a response means, by the first rule that applies.
    #[must_use]
    pub fn classify(&self, status: u16, body: &str) -> OutcomeName {
        let body: Option<Value> = serde_json::from_str(body).ok();
        let code = body
            .as_ref()
            .zip(self.code.as_deref())
            .and_then(|(body, pointer)| body.pointer(pointer));
        let rule = self.rules.iter().find(|rule| rule.matches(status, code));
        rule.map_or(self.otherwise, |rule| rule.outcome)
    }
}

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
}

impl RecordShape {
    /// Keys of the event object, in order.
    #[must_use]
    pub fn fields(&self) -> &[RecordField] {
        match self {
            Self::Object { fields, .. } | Self::StreamEntry { fields, .. } => fields,
        }
    }

    /// Where the parts of an event not named by a field go.
    #[must_use]
    pub fn rest(&self) -> &[Rest] {
        match self {
            Self::Object { rest, .. } | Self::StreamEntry { rest, .. } => rest,
        }
    }

    /// Keys a merged field must not take besides those in `fields`.
    #[must_use]
    pub fn reserved(&self) -> &[String] {
        match self {
            Self::Object { reserved, .. } | Self::StreamEntry { reserved, .. } => reserved,
        }
    }
}

impl EventPart {
    /// Its name in an event.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Context => "context",
            Self::Diagnostics => "diagnostics",
            Self::Data => "data",
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

fn camel_case(id: &str) -> String {
    let words = id.split('_').map(|word| {
        // An id is asked before it is checked: it may hold anything.
        let mut rest = word.chars();
        let first = rest.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(rest).collect::<String>()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_camel_case() {
        assert_eq!(camel_case("splunk_hec"), "SplunkHec");
        assert_eq!(camel_case("\u{fc}_x_"), "\u{fc}X");
    }

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
    fn malformed_ranges_hold_nothing() {
        for text in ["500", "5xx", "500-", "599-500", "-500", "500-599-600"] {
            let range = StatusSet::Range(text.to_owned()).range();
            assert_eq!(text == "500", range.is_some(), "{text}");
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
}
