//! Settings of the `SigNoz` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{Compression, SignozRegion};

/// Settings of [`SignozSink`](super::SignozSink).
///
/// Deserializing reads the settings alone; [`SignozSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct SignozSinkConfig {
    /// Ingestion key.
    ///
    /// Default: not set. Environment: `SIGNOZ_INGESTION_KEY`, `SIGNOZ_SINK_KEY`.
    pub key: Option<Secret>,
    /// Region.
    ///
    /// Default: `us`. Environment: `SIGNOZ_REGION`, `SIGNOZ_SINK_REGION`.
    pub region: SignozRegion,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `SIGNOZ_URL`, `SIGNOZ_SINK_URL`.
    pub url: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `SIGNOZ_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `SIGNOZ_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl SignozSinkConfig {
    /// Settings as they are without any given.
    #[must_use]
    pub fn new() -> Self {
        Self {
            key: None,
            region: SignozRegion::default(),
            url: None,
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

    /// Checks what the types do not; [`SignozSink::start`](super::SignozSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl Default for SignozSinkConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl TryFrom<Map<String, Value>> for SignozSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
