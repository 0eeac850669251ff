//! The closed choices among the settings of the Grafana Loki sink.

use std::borrow::Cow;
use std::str::FromStr;

use super::super::super::cloud_sink_base::ToText;
use super::super::super::cloud_sink_parts::check;

/// How request bodies are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compression {
    /// gzip.
    #[default]
    Gzip,
    /// Bodies are sent as they are.
    None,
}

impl Compression {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::Gzip, Self::None];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::None => "none",
        }
    }
}

impl ToText for Compression {
    fn to_text(&self) -> Option<Cow<'_, str>> {
        Some(Cow::Borrowed(self.as_str()))
    }
}

impl FromStr for Compression {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == word)
            .ok_or_else(|| check::expected(&Self::ALL.map(Self::as_str)))
    }
}
