//! Settings of the `VictoriaLogs` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`VictorialogsSink`](super::VictorialogsSink).
///
/// Deserializing reads the settings alone; [`VictorialogsSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct VictorialogsSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `VICTORIALOGS_URL`, `VICTORIALOGS_SINK_URL`.
    pub url: String,
    /// User.
    ///
    /// Default: not set. Environment: `VICTORIALOGS_USERNAME`, `VICTORIALOGS_SINK_USERNAME`.
    pub username: Option<String>,
    /// Password.
    ///
    /// Default: not set. Environment: `VICTORIALOGS_PASSWORD`, `VICTORIALOGS_SINK_PASSWORD`.
    pub password: Option<Secret>,
    /// Tenant.
    ///
    /// Default: not set. Environment: `VICTORIALOGS_ACCOUNT_ID`, `VICTORIALOGS_SINK_ACCOUNT_ID`.
    pub account_id: Option<i64>,
    /// Project.
    ///
    /// Default: not set. Environment: `VICTORIALOGS_PROJECT_ID`, `VICTORIALOGS_SINK_PROJECT_ID`.
    pub project_id: Option<i64>,
    /// Fields that make a stream.
    ///
    /// Default: `service,host`. Environment: `VICTORIALOGS_STREAM_FIELDS`,
    /// `VICTORIALOGS_SINK_STREAM_FIELDS`.
    pub stream_fields: String,
    /// Fields of every event.
    ///
    /// Default: not set. Environment: `VICTORIALOGS_EXTRA_FIELDS`,
    /// `VICTORIALOGS_SINK_EXTRA_FIELDS`.
    pub extra_fields: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `VICTORIALOGS_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `VICTORIALOGS_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl VictorialogsSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            username: None,
            password: None,
            account_id: None,
            project_id: None,
            stream_fields: "service,host".to_owned(),
            extra_fields: None,
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

    /// Checks what the types do not; [`VictorialogsSink::start`](super::VictorialogsSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for VictorialogsSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
