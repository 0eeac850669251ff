//! Settings of the Google Cloud Logging sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`GcpStaticSink`](super::GcpStaticSink).
///
/// Deserializing reads the settings alone; [`GcpStaticSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct GcpStaticSinkConfig {
    /// Whole log name.
    ///
    /// Required. Environment: `GCP_LOG_NAME`, `GCP_STATIC_SINK_LOG_NAME`.
    pub log_name: String,
    /// Access token.
    ///
    /// Default: not set. Environment: `GCP_ACCESS_TOKEN`, `GCP_STATIC_SINK_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `GCP_LOGGING_URL`, `GCP_STATIC_SINK_URL`.
    pub url: Option<String>,
    /// Labels of every event.
    ///
    /// Default: empty. Environment: `GCP_LABELS`, `GCP_STATIC_SINK_LABELS`.
    pub labels: Vec<(String, String)>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `GCP_STATIC_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `GCP_STATIC_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl GcpStaticSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(log_name: impl Into<String>) -> Self {
        Self {
            log_name: log_name.into(),
            access_token: None,
            url: None,
            labels: Vec::new(),
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

    /// Checks what the types do not; [`GcpStaticSink::start`](super::GcpStaticSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for GcpStaticSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
