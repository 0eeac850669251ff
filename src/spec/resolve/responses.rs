//! Response tables: which rule applies, and what the rules need to be told.

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::Value;

use crate::spec::model::{
    Code, CodePlace, DelayUnit, OutcomeName, Responses, RetryAfter, Rule, Standard, StatusSet,
};

/// Which statuses something holds, by number.
pub type Statuses = [bool; 600];

/// Ranges of statuses, what they mean, and why.
type Implied = (&'static [(u16, u16)], OutcomeName, &'static str);

/// The rules that follow a spec's own with `standard: http`.
const HTTP: [Implied; 7] = [
    (
        &[(400, 400), (422, 422)],
        OutcomeName::Bisect,
        "Some event is not understood and the answer does not name it.",
    ),
    (
        &[(401, 403), (407, 407)],
        OutcomeName::Paused,
        "The credentials are refused, or a quota is exhausted. The events are fine and are kept.",
    ),
    (
        &[(300, 399), (404, 405)],
        OutcomeName::Paused,
        "The address is wrong; a redirect is never followed.",
    ),
    (
        &[(408, 408), (425, 425)],
        OutcomeName::Transient,
        "The request took too long to arrive.",
    ),
    (
        &[(413, 413)],
        OutcomeName::Split,
        "The request is too large.",
    ),
    (&[(429, 429)], OutcomeName::Throttled, "Too many requests."),
    (
        &[(500, 599)],
        OutcomeName::Transient,
        "Trouble at the provider.",
    ),
];

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

    /// The set of a range.
    fn of(first: u16, last: u16) -> Self {
        if first == last {
            Self::One(first)
        } else {
            Self::Range(format!("{first}-{last}"))
        }
    }
}

fn status_number(text: &str) -> Option<u16> {
    let digits = text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// The statuses that sets hold; malformed ranges hold nothing.
#[must_use]
pub fn statuses(sets: &[StatusSet]) -> Statuses {
    let mut held = [false; 600];
    for range in sets.iter().filter_map(StatusSet::range) {
        for status in range {
            if let Some(held) = held.get_mut(usize::from(status)) {
                *held = true;
            }
        }
    }
    held
}

/// Codes, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CodeSet {
    /// Numbers; a text of digits counts as its number.
    pub numbers: Vec<RangeInclusive<i64>>,
    /// Words.
    pub words: Vec<String>,
    /// One that is missing or null.
    pub absent: bool,
    /// Any that is there.
    pub present: bool,
}

impl CodeSet {
    /// The set of a list.
    #[must_use]
    pub fn of(codes: &[Code]) -> Self {
        let mut set = Self::default();
        for code in codes {
            match code {
                Code::Number(number) => set.numbers.push(*number..=*number),
                Code::Word(word) if word == "absent" => set.absent = true,
                Code::Word(word) if word == "present" => set.present = true,
                Code::Word(word) => match code_range(word) {
                    Some(range) => set.numbers.push(range),
                    None => set.words.push(word.clone()),
                },
            }
        }
        set
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a value found in an answer belongs to it.
    #[must_use]
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let Some(found) = found.filter(|found| !found.is_null()) else {
            return self.absent;
        };
        let text = found.as_str();
        let digits =
            text.filter(|text| code_range(text).is_some_and(|range| range.start() == range.end()));
        let number = found.as_i64().or_else(|| digits?.parse().ok());
        let has_number =
            number.is_some_and(|number| self.numbers.iter().any(|range| range.contains(&number)));
        let has_word = text.is_some_and(|text| self.words.iter().any(|word| word == text));
        self.present || has_number || has_word
    }
}

/// The numbers of `5`, `-1` or `200-299`.
fn code_range(text: &str) -> Option<RangeInclusive<i64>> {
    if is_number(text) {
        let number = text.parse().ok()?;
        return Some(number..=number);
    }
    let (first, last) = text.split_once('-')?;
    if !is_number(first) || !is_number(last) || last.starts_with('-') {
        return None;
    }
    let range: RangeInclusive<i64> = first.parse().ok()?..=last.parse().ok()?;
    (range.start() <= range.end()).then_some(range)
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    all_digits && (digits == "0" || !digits.starts_with('0'))
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

    /// Whether it asks for more than the status.
    #[must_use]
    pub fn is_status_alone(&self) -> bool {
        self.code.is_empty() && self.text.is_empty()
    }

    /// Whether it applies to a response; `code` is the provider's own.
    #[must_use]
    pub fn matches(&self, status: u16, code: Option<&Value>, body: &str) -> bool {
        let has_code = || CodeSet::of(&self.code).holds(code);
        let has_text = || self.text.iter().any(|text| body.contains(text.as_str()));
        self.has_status(status)
            && (self.code.is_empty() || has_code())
            && (self.text.is_empty() || has_text())
    }

    fn implied(ranges: &[(u16, u16)], outcome: OutcomeName, note: &str) -> Self {
        let status = ranges
            .iter()
            .map(|(first, last)| StatusSet::of(*first, *last));
        Self {
            status: status.collect(),
            code: Vec::new(),
            text: Vec::new(),
            outcome,
            note: Some(note.to_owned()),
        }
    }
}

impl Responses {
    /// The spec's own rules and those implied, in order; a status that an earlier rule has taken whole
    /// is left out of those that follow by `standard`.
    #[must_use]
    pub fn all_rules(&self) -> Vec<Rule> {
        let mut rules = self.rules.clone();
        if rules.is_empty() {
            rules.push(Rule::implied(
                &[(200, 299)],
                OutcomeName::Delivered,
                "Stored.",
            ));
        }
        if self.standard == Standard::None {
            return rules;
        }
        let mut taken: Statuses = [false; 600];
        for rule in rules.iter().filter(|rule| rule.is_status_alone()) {
            let all = rule.status.is_empty();
            for (taken, held) in taken.iter_mut().zip(statuses(&rule.status)) {
                *taken |= held || all;
            }
        }
        for (ranges, outcome, note) in HTTP {
            let left = without(ranges, &taken);
            if !left.is_empty() {
                rules.push(Rule::implied(&left, outcome, note));
            }
        }
        rules
    }

    /// What a response means, by the first rule that applies.
    #[must_use]
    pub fn classify(
        &self,
        status: u16,
        header: impl Fn(&str) -> Option<String>,
        body: &str,
    ) -> OutcomeName {
        self.classify_by(&self.all_rules(), status, header, body)
    }

    /// The same by [`Self::all_rules`], for who asks often.
    #[must_use]
    pub fn classify_by(
        &self,
        rules: &[Rule],
        status: u16,
        header: impl Fn(&str) -> Option<String>,
        body: &str,
    ) -> OutcomeName {
        let code = match &self.code {
            None => None,
            Some(CodePlace::Header(place)) => header(&place.header).map(Value::String),
            Some(CodePlace::Body(pointer)) => {
                let body: Option<Value> = serde_json::from_str(body).ok();
                body.and_then(|body| body.pointer(pointer).cloned())
            }
        };
        let rule = rules
            .iter()
            .find(|rule| rule.matches(status, code.as_ref(), body));
        rule.map_or(self.otherwise, |rule| rule.outcome)
    }

    /// Every outcome the table names, `otherwise` last.
    #[must_use]
    pub fn outcomes(&self) -> Vec<OutcomeName> {
        let mut outcomes: Vec<_> = self.all_rules().iter().map(|rule| rule.outcome).collect();
        outcomes.push(self.otherwise);
        outcomes
    }

    /// The header with the delay the provider asks for, in lower case, and its unit.
    #[must_use]
    pub fn delay(&self) -> (String, DelayUnit) {
        let (header, unit) = match &self.retry_after {
            None => ("retry-after", DelayUnit::Seconds),
            Some(RetryAfter::Name(header)) => (header.as_str(), DelayUnit::Seconds),
            Some(RetryAfter::Header(place)) => (place.header.as_str(), place.unit),
        };
        (header.to_ascii_lowercase(), unit)
    }
}

/// Ranges without the statuses that are taken.
fn without(ranges: &[(u16, u16)], taken: &Statuses) -> Vec<(u16, u16)> {
    let mut left: Vec<(u16, u16)> = Vec::new();
    for status in ranges.iter().flat_map(|(first, last)| *first..=*last) {
        if taken[usize::from(status)] {
            continue;
        }
        match left.last_mut() {
            Some((_, last)) if *last + 1 == status => *last = status,
            _ => left.push((status, status)),
        }
    }
    left
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

    #[test]
    fn standard_rules_leave_out_what_is_taken() {
        let responses = Responses {
            rules: vec![Rule::implied(
                &[(200, 200), (404, 500)],
                OutcomeName::Delivered,
                "",
            )],
            ..Responses::default()
        };

        let rules = responses.all_rules();

        let last = rules.last().expect("there are rules");
        assert_eq!(last.status, [StatusSet::Range("501-599".to_owned())]);
        assert!(rules.iter().all(|rule| rule.outcome != OutcomeName::Split));
    }

    #[test]
    fn codes_are_numbers_ranges_and_words() {
        let codes =
            ["0", "200-299", "-1", "absent", "a-b", "1-x"].map(|word| Code::Word(word.to_owned()));

        let set = CodeSet::of(&codes);

        assert_eq!(set.numbers, [0..=0, 200..=299, -1..=-1]);
        assert_eq!(set.words, ["a-b", "1-x"]);
        assert!(set.absent && set.holds(None) && set.holds(Some(&Value::from("204"))));
    }
}
