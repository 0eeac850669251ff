//! Settings of the Logz.io sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{Compression, LogzioRegion};

/// Settings of [`LogzioSink`](super::LogzioSink).
///
/// Deserializing reads the settings alone; [`LogzioSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct LogzioSinkConfig {
    /// Token.
    ///
    /// Required. Environment: `LOGZIO_TOKEN`, `LOGZIO_SINK_TOKEN`.
    pub token: Secret,
    /// Type.
    ///
    /// Default: `fapilog`. Environment: `LOGZIO_TYPE`, `LOGZIO_SINK_LOG_TYPE`.
    pub log_type: String,
    /// Region.
    ///
    /// Default: `us`. Environment: `LOGZIO_REGION`, `LOGZIO_SINK_REGION`.
    pub region: LogzioRegion,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `LOGZIO_LISTENER`, `LOGZIO_SINK_URL`.
    pub url: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `LOGZIO_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `LOGZIO_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl LogzioSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(token: impl Into<Secret>) -> Self {
        Self {
            token: token.into(),
            log_type: "fapilog".to_owned(),
            region: LogzioRegion::default(),
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

    /// Checks what the types do not; [`LogzioSink::start`](super::LogzioSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for LogzioSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
