//! Settings of the Sumo Logic sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`SumoStringSink`](super::SumoStringSink).
///
/// Deserializing reads the settings alone; [`SumoStringSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct SumoStringSinkConfig {
    /// Scheme and host of the HTTP source.
    ///
    /// Required. Environment: `SUMO_URL`, `SUMO_STRING_SINK_URL`.
    pub url: String,
    /// The secret last part of the address.
    ///
    /// Required. Environment: `SUMO_CODE`, `SUMO_STRING_SINK_CODE`.
    pub code: Secret,
    /// Source category.
    ///
    /// Default: not set. Environment: `SUMO_CATEGORY`, `SUMO_STRING_SINK_CATEGORY`.
    pub category: Option<String>,
    /// Source host.
    ///
    /// Default: not set. Environment: `SUMO_HOST`, `SUMO_STRING_SINK_HOST`.
    pub host: Option<String>,
    /// Source name.
    ///
    /// Default: not set. Environment: `SUMO_NAME`, `SUMO_STRING_SINK_NAME`.
    pub name: Option<String>,
    /// Fields of every event.
    ///
    /// Default: not set. Environment: `SUMO_FIELDS`, `SUMO_STRING_SINK_FIELDS`.
    pub fields: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `SUMO_STRING_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `SUMO_STRING_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl SumoStringSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>, code: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            code: code.into(),
            category: None,
            host: None,
            name: None,
            fields: None,
            compression: Compression::default(),
            delivery: DeliveryConfig::default(),
        }
    }

    /// Settings from environment variables alone.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn from_env() -> Result<Self, ConfigErrors> {
        Self::read(Fields::from_env())
    }

    /// Settings from a map, completed by environment variables.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found, unknown keys included.
    pub fn from_settings(settings: Map<String, Value>) -> Result<Self, ConfigErrors> {
        Self::read(Fields::from_map(settings, true))
    }

    /// Checks what the types do not; [`SumoStringSink::start`](super::SumoStringSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for SumoStringSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
