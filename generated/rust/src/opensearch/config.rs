//! Settings of the `OpenSearch` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`OpensearchSink`](super::OpensearchSink).
///
/// Deserializing reads the settings alone; [`OpensearchSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct OpensearchSinkConfig {
    /// Address of the cluster.
    ///
    /// Required. Environment: `ELASTICSEARCH_URL`, `OPENSEARCH_SINK_URL`.
    pub url: String,
    /// Data stream.
    ///
    /// Default: `logs-fapilog-default`. Environment: `ELASTICSEARCH_DATA_STREAM`,
    /// `OPENSEARCH_SINK_DATA_STREAM`.
    pub data_stream: String,
    /// User.
    ///
    /// Default: not set. Environment: `ELASTIC_USERNAME`, `OPENSEARCH_SINK_USERNAME`.
    pub username: Option<String>,
    /// Password.
    ///
    /// Default: not set. Environment: `ELASTIC_PASSWORD`, `OPENSEARCH_SINK_PASSWORD`.
    pub password: Option<Secret>,
    /// AWS region of the domain. Set: requests are signed.
    ///
    /// Default: not set. Environment: `AWS_REGION`, `OPENSEARCH_SINK_REGION`.
    pub region: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `OPENSEARCH_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `OPENSEARCH_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl OpensearchSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            data_stream: "logs-fapilog-default".to_owned(),
            username: None,
            password: None,
            region: None,
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

    /// Checks what the types do not; [`OpensearchSink::start`](super::OpensearchSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for OpensearchSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
