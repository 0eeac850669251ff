//! The closed choices among the settings of the Datadog sink.

use std::str::FromStr;

use super::super::super::cloud_sink_parts::check;

/// Datadog site the organization lives on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum DatadogSite {
    /// US1.
    #[default]
    DatadoghqCom,
    /// US3.
    Us3DatadoghqCom,
    /// US5.
    Us5DatadoghqCom,
    /// EU1.
    DatadoghqEu,
    /// AP1, Japan.
    Ap1DatadoghqCom,
    /// AP2, Australia.
    Ap2DatadoghqCom,
    /// UK1.
    Uk1DatadoghqCom,
    /// US1-FED.
    DdogGovCom,
    /// US2-FED.
    Us2DdogGovCom,
}

impl DatadogSite {
    /// Every choice.
    pub const ALL: [Self; 9] = [
        Self::DatadoghqCom,
        Self::Us3DatadoghqCom,
        Self::Us5DatadoghqCom,
        Self::DatadoghqEu,
        Self::Ap1DatadoghqCom,
        Self::Ap2DatadoghqCom,
        Self::Uk1DatadoghqCom,
        Self::DdogGovCom,
        Self::Us2DdogGovCom,
    ];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DatadoghqCom => "datadoghq.com",
            Self::Us3DatadoghqCom => "us3.datadoghq.com",
            Self::Us5DatadoghqCom => "us5.datadoghq.com",
            Self::DatadoghqEu => "datadoghq.eu",
            Self::Ap1DatadoghqCom => "ap1.datadoghq.com",
            Self::Ap2DatadoghqCom => "ap2.datadoghq.com",
            Self::Uk1DatadoghqCom => "uk1.datadoghq.com",
            Self::DdogGovCom => "ddog-gov.com",
            Self::Us2DdogGovCom => "us2.ddog-gov.com",
        }
    }
}

impl FromStr for DatadogSite {
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
    /// gzip.
    #[default]
    Gzip,
    /// Zstandard.
    Zstd,
    /// Bodies are sent as they are.
    None,
}

impl Compression {
    /// Every choice.
    pub const ALL: [Self; 3] = [Self::Gzip, Self::Zstd, Self::None];

    /// The choice as it is typed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
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
