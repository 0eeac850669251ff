//! Settings of the `OpenSearch` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`OpensearchSigv4Sink`](super::OpensearchSigv4Sink).
///
/// Deserializing reads the settings alone; [`OpensearchSigv4SinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct OpensearchSigv4SinkConfig {
    /// Address of the cluster.
    ///
    /// Required. Environment: `OPENSEARCH_URL`, `OPENSEARCH_SIGV4_SINK_URL`.
    pub url: String,
    /// Data stream.
    ///
    /// Default: `logs-fapilog-default`. Environment: `OPENSEARCH_DATA_STREAM`,
    /// `OPENSEARCH_SIGV4_SINK_DATA_STREAM`.
    pub data_stream: String,
    /// Region of the domain.
    ///
    /// Default: not set. Environment: `AWS_REGION`, `OPENSEARCH_SIGV4_SINK_REGION`.
    pub region: Option<String>,
    /// User.
    ///
    /// Default: not set. Environment: `OPENSEARCH_USERNAME`, `OPENSEARCH_SIGV4_SINK_USERNAME`.
    pub username: Option<String>,
    /// Password.
    ///
    /// Default: not set. Environment: `OPENSEARCH_PASSWORD`, `OPENSEARCH_SIGV4_SINK_PASSWORD`.
    pub password: Option<Secret>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `OPENSEARCH_SIGV4_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `OPENSEARCH_SIGV4_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl OpensearchSigv4SinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            data_stream: "logs-fapilog-default".to_owned(),
            region: None,
            username: None,
            password: None,
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

    /// Checks what the types do not; [`OpensearchSigv4Sink::start`](super::OpensearchSigv4Sink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for OpensearchSigv4SinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
