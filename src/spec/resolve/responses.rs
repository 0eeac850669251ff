//! Response tables: which rule applies, and what the rules need to be told.

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::spec::model::{Code, OutcomeName, Responses, Rule, StatusSet};

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

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Word(word) => word.fmt(f),
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

    /// Every outcome the table names, `otherwise` last.
    pub fn outcomes(&self) -> impl Iterator<Item = OutcomeName> {
        let ruled = self.rules.iter().map(|rule| rule.outcome);
        ruled.chain([self.otherwise])
    }

    /// Whether an answer can speak of single events, so that reading it needs their number.
    #[must_use]
    pub fn counts_events(&self) -> bool {
        self.outcomes()
            .any(|outcome| matches!(outcome, OutcomeName::Items | OutcomeName::FirstBad))
    }

    /// Pointer to the provider's own code, where a rule asks for it.
    #[must_use]
    pub fn code_pointer(&self) -> Option<&str> {
        let is_asked = self.rules.iter().any(|rule| !rule.code.is_empty());
        self.code.as_deref().filter(|_| is_asked)
    }

    /// The header with the delay the provider asks for, in lower case.
    #[must_use]
    pub fn retry_after_header(&self) -> String {
        let header = self.retry_after.as_deref().unwrap_or("retry-after");
        header.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn malformed_ranges_hold_nothing() {
        for text in ["500", "5xx", "500-", "599-500", "-500", "500-599-600"] {
            let range = StatusSet::Range(text.to_owned()).range();
            assert_eq!(text == "500", range.is_some(), "{text}");
        }
    }
}
