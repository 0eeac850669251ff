//! Settings of the Mezmo sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

/// Settings of [`MezmoSink`](super::MezmoSink).
///
/// Deserializing reads the settings alone; [`MezmoSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct MezmoSinkConfig {
    /// Ingestion key.
    ///
    /// Required. Environment: `LOGDNA_API_KEY`, `MEZMO_SINK_KEY`.
    pub key: Secret,
    /// Host.
    ///
    /// Required. Environment: `MEZMO_HOSTNAME`, `MEZMO_SINK_HOSTNAME`.
    pub hostname: String,
    /// Tags.
    ///
    /// Default: not set. Environment: `MEZMO_TAGS`, `MEZMO_SINK_TAGS`.
    pub tags: Option<String>,
    /// Application.
    ///
    /// Default: `fapilog`. Environment: `MEZMO_APP`, `MEZMO_SINK_APP`.
    pub app: String,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `MEZMO_URL`, `MEZMO_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `MEZMO_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl MezmoSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(key: impl Into<Secret>, hostname: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            hostname: hostname.into(),
            tags: None,
            app: "fapilog".to_owned(),
            url: None,
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

    /// Checks what the types do not; [`MezmoSink::start`](super::MezmoSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for MezmoSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
