//! Settings of the OTLP over HTTP sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

pub use choices::Compression;

/// Settings of [`OtlpJsonSink`](super::OtlpJsonSink).
///
/// Deserializing reads the settings alone; [`OtlpJsonSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct OtlpJsonSinkConfig {
    /// Base address.
    ///
    /// Required. Environment: `OTEL_EXPORTER_OTLP_ENDPOINT`, `OTLP_JSON_SINK_URL`.
    pub url: String,
    /// Extra headers such as credentials.
    ///
    /// Default: empty. Environment: `OTEL_EXPORTER_OTLP_HEADERS`, `OTLP_JSON_SINK_HEADERS`.
    pub headers: Vec<(String, String)>,
    /// Service name.
    ///
    /// Default: `unknown_service`. Environment: `OTEL_SERVICE_NAME`, `OTLP_JSON_SINK_SERVICE`.
    pub service: String,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `OTLP_JSON_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `OTLP_JSON_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl OtlpJsonSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            headers: Vec::new(),
            service: "unknown_service".to_owned(),
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

    /// Checks what the types do not; [`OtlpJsonSink::start`](super::OtlpJsonSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for OtlpJsonSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
