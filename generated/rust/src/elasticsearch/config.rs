//! Settings of the Elasticsearch sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`ElasticsearchSink`](super::ElasticsearchSink).
///
/// Deserializing reads the settings alone; [`ElasticsearchSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct ElasticsearchSinkConfig {
    /// Address of the cluster or of the proxy before it.
    ///
    /// Required. Environment: `ELASTICSEARCH_SINK_URL`, `ELASTICSEARCH_URL`.
    pub url: String,
    /// Data stream, written TYPE-DATASET-NAMESPACE. A template for `logs-*-*` is built in.
    ///
    /// Default: `logs-fapilog-default`. Environment: `ELASTICSEARCH_SINK_DATA_STREAM`.
    pub data_stream: String,
    /// The `encoded` value from the answer that created the key, not the key itself.
    ///
    /// Default: not set. Environment: `ELASTICSEARCH_SINK_API_KEY`, `ES_API_KEY`.
    pub api_key: Option<Secret>,
    /// User of HTTP basic authentication.
    ///
    /// Default: not set. Environment: `ELASTICSEARCH_SINK_USERNAME`, `ELASTIC_USERNAME`.
    pub username: Option<String>,
    /// Password of HTTP basic authentication.
    ///
    /// Default: not set. Environment: `ELASTICSEARCH_SINK_PASSWORD`, `ELASTIC_PASSWORD`.
    pub password: Option<Secret>,
    /// Ingest pipeline that every document runs through.
    ///
    /// Default: not set. Environment: `ELASTICSEARCH_SINK_PIPELINE`.
    pub pipeline: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `ELASTICSEARCH_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `ELASTICSEARCH_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl ElasticsearchSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            data_stream: "logs-fapilog-default".to_owned(),
            api_key: None,
            username: None,
            password: None,
            pipeline: None,
            compression: Compression::default(),
            delivery: delivery(),
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

    /// Checks what the types do not; [`ElasticsearchSink::start`](super::ElasticsearchSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for ElasticsearchSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Elasticsearch.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_bytes: 5_000_000,
        ..DeliveryConfig::default()
    }
}
