//! Settings of the `ClickHouse` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`ClickhouseSink`](super::ClickhouseSink).
///
/// Deserializing reads the settings alone; [`ClickhouseSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct ClickhouseSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `CLICKHOUSE_URL`, `CLICKHOUSE_SINK_URL`.
    pub url: String,
    /// Database.
    ///
    /// Default: `default`. Environment: `CLICKHOUSE_DATABASE`, `CLICKHOUSE_SINK_DATABASE`.
    pub database: String,
    /// Table.
    ///
    /// Default: `logs`. Environment: `CLICKHOUSE_TABLE`, `CLICKHOUSE_SINK_TABLE`.
    pub table: String,
    /// User.
    ///
    /// Default: not set. Environment: `CLICKHOUSE_USER`, `CLICKHOUSE_SINK_USER`.
    pub user: Option<String>,
    /// Password.
    ///
    /// Default: not set. Environment: `CLICKHOUSE_PASSWORD`, `CLICKHOUSE_SINK_PASSWORD`.
    pub password: Option<Secret>,
    /// How request bodies are compressed.
    ///
    /// Default: `zstd`. Environment: `CLICKHOUSE_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `CLICKHOUSE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl ClickhouseSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            database: "default".to_owned(),
            table: "logs".to_owned(),
            user: None,
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

    /// Checks what the types do not; [`ClickhouseSink::start`](super::ClickhouseSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for ClickhouseSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
