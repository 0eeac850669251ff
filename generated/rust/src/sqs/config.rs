//! Settings of the Amazon SQS sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

/// Settings of [`SqsSink`](super::SqsSink).
///
/// Deserializing reads the settings alone; [`SqsSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct SqsSinkConfig {
    /// Region.
    ///
    /// Required. Environment: `AWS_REGION`, `SQS_SINK_REGION`.
    pub region: String,
    /// Queue URL.
    ///
    /// Required. Environment: `SQS_QUEUE_URL`, `SQS_SINK_QUEUE_URL`.
    pub queue_url: String,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `AWS_ENDPOINT_URL_SQS`, `SQS_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `SQS_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl SqsSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(region: impl Into<String>, queue_url: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            queue_url: queue_url.into(),
            url: None,
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

    /// Checks what the types do not; [`SqsSink::start`](super::SqsSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for SqsSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Amazon SQS.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 10,
        ..DeliveryConfig::default()
    }
}
