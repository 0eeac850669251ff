//! Settings of the Minimal Logs sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

/// Settings of [`MinimalSink`](super::MinimalSink).
///
/// Deserializing reads the settings alone; [`MinimalSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct MinimalSinkConfig {
    /// Key of the workspace.
    ///
    /// Required. Environment: `MINIMAL_API_KEY`, `MINIMAL_SINK_API_KEY`.
    pub api_key: Secret,
    /// Replaces the address, for a proxy or a test.
    ///
    /// Default: not set. Environment: `MINIMAL_URL`, `MINIMAL_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `MINIMAL_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl MinimalSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self {
            api_key: api_key.into(),
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

    /// Checks what the types do not; [`MinimalSink::start`](super::MinimalSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for MinimalSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
