//! The closed choices among the settings of the Honeycomb sink.

use std::str::FromStr;

use super::super::super::cloud_sink_parts::check;

/// Host of the team's region.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum HoneycombRegion {
    /// United States.
    #[default]
    ApiHoneycombIo,
    /// European Union.
    ApiEu1HoneycombIo,
}

impl HoneycombRegion {
    /// Every choice.
    pub const ALL: [Self; 2] = [Self::ApiHoneycombIo, Self::ApiEu1HoneycombIo];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApiHoneycombIo => "api.honeycomb.io",
            Self::ApiEu1HoneycombIo => "api.eu1.honeycomb.io",
        }
    }
}

impl FromStr for HoneycombRegion {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|choice| choice.as_str() == word)
            .ok_or_else(|| check::expected(&Self::ALL.map(Self::as_str)))
    }
}

/// How request bodies are compressed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Compression {
    /// Zstandard.
    #[default]
    Zstd,
    /// gzip.
    Gzip,
    /// Bodies are sent as they are.
    None,
}

impl Compression {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Zstd, Self::Gzip, Self::None];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
            Self::None => "none",
        }
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
