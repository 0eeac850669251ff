//! Sets of codes and statuses that answers carry.

use std::ops::RangeInclusive;

use serde_json::Value;

/// A set of codes or statuses.
#[derive(Debug, Clone, Copy)]
pub struct Codes {
    /// Numbers; a text of digits counts as its number.
    pub numbers: &'static [i64],
    /// More numbers, from one to another.
    pub ranges: &'static [RangeInclusive<i64>],
    /// Words.
    pub words: &'static [&'static str],
    /// A code that is missing or null.
    pub absent: bool,
    /// Any code that is there.
    pub present: bool,
}

impl Codes {
    /// The empty set.
    pub const NONE: Self = Self {
        numbers: &[],
        ranges: &[],
        words: &[],
        absent: false,
        present: false,
    };

    /// Whether a value found in an answer belongs to it.
    #[must_use]
    pub fn holds(&self, found: Option<&Value>) -> bool {
        let Some(found) = found.filter(|found| !found.is_null()) else {
            return self.absent;
        };
        self.present
            || whole_number(found).is_some_and(|number| self.holds_number(number))
            || found
                .as_str()
                .is_some_and(|text| self.words.contains(&text))
    }

    fn holds_number(&self, number: i64) -> bool {
        self.numbers.contains(&number) || self.ranges.iter().any(|range| range.contains(&number))
    }

    /// Whether it is the empty set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.numbers.is_empty()
            && self.ranges.is_empty()
            && self.words.is_empty()
            && !self.absent
            && !self.present
    }
}

/// A number, or digits as a number is written: no sign but `-`, no leading zero.
#[must_use]
pub fn whole_number(value: &Value) -> Option<i64> {
    let Some(text) = value.as_str() else {
        return value.as_i64();
    };
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}
