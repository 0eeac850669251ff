//! Settings of the Dynatrace sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`DynatraceSink`](super::DynatraceSink).
///
/// Deserializing reads the settings alone; [`DynatraceSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct DynatraceSinkConfig {
    /// Environment id.
    ///
    /// Required. Environment: `DT_ENVIRONMENT`, `DYNATRACE_SINK_ENVIRONMENT`.
    pub environment: String,
    /// Access token with the scope logs.ingest.
    ///
    /// Default: not set. Environment: `DT_API_TOKEN`, `DYNATRACE_SINK_API_TOKEN`.
    pub api_token: Option<Secret>,
    /// Platform token.
    ///
    /// Default: not set. Environment: `DT_PLATFORM_TOKEN`, `DYNATRACE_SINK_PLATFORM_TOKEN`.
    pub platform_token: Option<Secret>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `DT_API_URL`, `DYNATRACE_SINK_URL`.
    pub url: Option<String>,
    /// Attributes of every event.
    ///
    /// Default: empty. Environment: `DT_ATTRIBUTES`, `DYNATRACE_SINK_ATTRIBUTES`.
    pub attributes: Vec<(String, String)>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `DYNATRACE_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `DYNATRACE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl DynatraceSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(environment: impl Into<String>) -> Self {
        Self {
            environment: environment.into(),
            api_token: None,
            platform_token: None,
            url: None,
            attributes: Vec::new(),
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

    /// Checks what the types do not; [`DynatraceSink::start`](super::DynatraceSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for DynatraceSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
