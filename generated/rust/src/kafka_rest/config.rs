//! Settings of the Kafka REST proxy sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`KafkaRestSink`](super::KafkaRestSink).
///
/// Deserializing reads the settings alone; [`KafkaRestSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct KafkaRestSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `KAFKA_REST_URL`, `KAFKA_REST_SINK_URL`.
    pub url: String,
    /// Topic.
    ///
    /// Required. Environment: `KAFKA_TOPIC`, `KAFKA_REST_SINK_TOPIC`.
    pub topic: String,
    /// User.
    ///
    /// Default: not set. Environment: `KAFKA_REST_USERNAME`, `KAFKA_REST_SINK_USERNAME`.
    pub username: Option<String>,
    /// Password.
    ///
    /// Default: not set. Environment: `KAFKA_REST_PASSWORD`, `KAFKA_REST_SINK_PASSWORD`.
    pub password: Option<Secret>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `KAFKA_REST_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `KAFKA_REST_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl KafkaRestSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>, topic: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            topic: topic.into(),
            username: None,
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

    /// Checks what the types do not; [`KafkaRestSink::start`](super::KafkaRestSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for KafkaRestSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
