//! Settings of the Google Pub/Sub sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

/// Settings of [`PubsubSink`](super::PubsubSink).
///
/// Deserializing reads the settings alone; [`PubsubSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct PubsubSinkConfig {
    /// Project.
    ///
    /// Required. Environment: `GOOGLE_CLOUD_PROJECT`, `PUBSUB_SINK_PROJECT`.
    pub project: String,
    /// Topic.
    ///
    /// Required. Environment: `PUBSUB_TOPIC`, `PUBSUB_SINK_TOPIC`.
    pub topic: String,
    /// Service account key file.
    ///
    /// Default: not set. Environment: `GOOGLE_APPLICATION_CREDENTIALS`, `PUBSUB_SINK_KEY_FILE`.
    pub key_file: Option<String>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `PUBSUB_URL`, `PUBSUB_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `PUBSUB_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl PubsubSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(project: impl Into<String>, topic: impl Into<String>) -> Self {
        Self {
            project: project.into(),
            topic: topic.into(),
            key_file: None,
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

    /// Checks what the types do not; [`PubsubSink::start`](super::PubsubSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for PubsubSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
