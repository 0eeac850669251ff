//! Settings of the Acme Logs sink.

mod choices;
mod read;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{AcmeSite, Compression};

/// Settings of [`AcmeSink`](super::AcmeSink).
///
/// Deserializing reads the settings alone; [`AcmeSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct AcmeSinkConfig {
    /// Key of the workspace.
    ///
    /// Required. Environment: `ACME_API_KEY`, `ACME_SINK_API_KEY`.
    pub api_key: Secret,
    /// Region of the workspace.
    ///
    /// Default: `eu`. Environment: `ACME_SITE`, `ACME_SINK_SITE`.
    pub site: AcmeSite,
    /// Replaces the endpoint.
    ///
    /// Default: not set. Environment: `ACME_SINK_URL`.
    pub url: Option<String>,
    /// Tags of every event.
    ///
    /// Default: empty. Environment: `ACME_TAGS`, `ACME_SINK_TAGS`.
    pub tags: Vec<(String, String)>,
    /// Shards written to.
    ///
    /// Default: `4`. Environment: `ACME_SHARDS`, `ACME_SINK_SHARDS`.
    pub shards: i64,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `ACME_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `ACME_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl AcmeSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self {
            api_key: api_key.into(),
            site: AcmeSite::default(),
            url: None,
            tags: Vec::new(),
            shards: 4,
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

    /// Checks what the types do not; [`AcmeSink::start`](super::AcmeSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for AcmeSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Acme Logs.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 500,
        retry_base_delay: Duration::from_secs(1),
        ..DeliveryConfig::default()
    }
}
