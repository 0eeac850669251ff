//! Settings of the Azure Monitor sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`AzureMonitorSink`](super::AzureMonitorSink).
///
/// Deserializing reads the settings alone; [`AzureMonitorSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct AzureMonitorSinkConfig {
    /// Ingestion endpoint.
    ///
    /// Required. Environment: `DATA_COLLECTION_ENDPOINT`, `AZURE_MONITOR_SINK_URL`.
    pub url: String,
    /// Immutable id of the rule.
    ///
    /// Required. Environment: `LOGS_DCR_RULE_ID`, `AZURE_MONITOR_SINK_RULE_ID`.
    pub rule_id: String,
    /// Stream name.
    ///
    /// Required. Environment: `LOGS_DCR_STREAM_NAME`, `AZURE_MONITOR_SINK_STREAM`.
    pub stream: String,
    /// Tenant.
    ///
    /// Default: not set. Environment: `AZURE_TENANT_ID`, `AZURE_MONITOR_SINK_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// Client.
    ///
    /// Default: not set. Environment: `AZURE_CLIENT_ID`, `AZURE_MONITOR_SINK_CLIENT_ID`.
    pub client_id: Option<String>,
    /// Client secret.
    ///
    /// Default: not set. Environment: `AZURE_CLIENT_SECRET`, `AZURE_MONITOR_SINK_CLIENT_SECRET`.
    pub client_secret: Option<Secret>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `AZURE_MONITOR_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `AZURE_MONITOR_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl AzureMonitorSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(
        url: impl Into<String>,
        rule_id: impl Into<String>,
        stream: impl Into<String>,
    ) -> Self {
        Self {
            url: url.into(),
            rule_id: rule_id.into(),
            stream: stream.into(),
            tenant_id: None,
            client_id: None,
            client_secret: None,
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

    /// Checks what the types do not; [`AzureMonitorSink::start`](super::AzureMonitorSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for AzureMonitorSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
