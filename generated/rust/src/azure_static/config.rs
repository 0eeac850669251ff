//! Settings of the Azure Monitor sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`AzureStaticSink`](super::AzureStaticSink).
///
/// Deserializing reads the settings alone; [`AzureStaticSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct AzureStaticSinkConfig {
    /// Ingestion endpoint.
    ///
    /// Required. Environment: `DATA_COLLECTION_ENDPOINT`, `AZURE_STATIC_SINK_URL`.
    pub url: String,
    /// Immutable id of the rule.
    ///
    /// Required. Environment: `LOGS_DCR_RULE_ID`, `AZURE_STATIC_SINK_RULE_ID`.
    pub rule_id: String,
    /// Stream name.
    ///
    /// Required. Environment: `LOGS_DCR_STREAM_NAME`, `AZURE_STATIC_SINK_STREAM`.
    pub stream: String,
    /// Token of the audience <https://monitor.azure.com>.
    ///
    /// Required. Environment: `AZURE_ACCESS_TOKEN`, `AZURE_STATIC_SINK_ACCESS_TOKEN`.
    pub access_token: Secret,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `AZURE_STATIC_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `AZURE_STATIC_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl AzureStaticSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(
        url: impl Into<String>,
        rule_id: impl Into<String>,
        stream: impl Into<String>,
        access_token: impl Into<Secret>,
    ) -> Self {
        Self {
            url: url.into(),
            rule_id: rule_id.into(),
            stream: stream.into(),
            access_token: access_token.into(),
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

    /// Checks what the types do not; [`AzureStaticSink::start`](super::AzureStaticSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for AzureStaticSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
