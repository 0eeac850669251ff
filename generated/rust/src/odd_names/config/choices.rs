//! The closed choices among the settings of the Odd Names sink.

use std::borrow::Cow;
use std::str::FromStr;

use super::super::super::cloud_sink_base::ToText;
use super::super::super::cloud_sink_parts::check;

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OddNamesEncoder2 {
    /// One.
    AB,
    /// Two.
    AC,
}

impl OddNamesEncoder2 {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::AB, Self::AC];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AB => "a-b",
            Self::AC => "a_c",
        }
    }
}

impl ToText for OddNamesEncoder2 {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.as_str()))
    }
}

impl FromStr for OddNamesEncoder2 {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == word)
            .ok_or_else(|| check::expected(&Self::ALL.map(Self::as_str)))
    }
}

/// A keyword.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OddNamesMatches {
    /// One.
    #[default]
    X,
    /// Two.
    VSelf,
}

impl OddNamesMatches {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::X, Self::VSelf];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::VSelf => "Self",
        }
    }
}

impl ToText for OddNamesMatches {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.as_str()))
    }
}

impl FromStr for OddNamesMatches {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == word)
            .ok_or_else(|| check::expected(&Self::ALL.map(Self::as_str)))
    }
}
