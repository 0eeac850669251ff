//! Settings of the Parseable sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`ParseableSink`](super::ParseableSink).
///
/// Deserializing reads the settings alone; [`ParseableSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct ParseableSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `PARSEABLE_URL`, `PARSEABLE_SINK_URL`.
    pub url: String,
    /// Stream.
    ///
    /// Default: `fapilog`. Environment: `PARSEABLE_STREAM`, `PARSEABLE_SINK_STREAM`.
    pub stream: String,
    /// User.
    ///
    /// Default: `admin`. Environment: `P_USERNAME`, `PARSEABLE_SINK_USERNAME`.
    pub username: String,
    /// Password.
    ///
    /// Required. Environment: `P_PASSWORD`, `PARSEABLE_SINK_PASSWORD`.
    pub password: Secret,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `PARSEABLE_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `PARSEABLE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl ParseableSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            stream: "fapilog".to_owned(),
            username: "admin".to_owned(),
            password: password.into(),
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

    /// Checks what the types do not; [`ParseableSink::start`](super::ParseableSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for ParseableSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
