//! Settings of the Amazon Data Firehose sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

/// Settings of [`FirehoseSink`](super::FirehoseSink).
///
/// Deserializing reads the settings alone; [`FirehoseSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct FirehoseSinkConfig {
    /// Region.
    ///
    /// Required. Environment: `AWS_REGION`, `FIREHOSE_SINK_REGION`.
    pub region: String,
    /// Delivery stream.
    ///
    /// Required. Environment: `FIREHOSE_STREAM`, `FIREHOSE_SINK_STREAM`.
    pub stream: String,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `AWS_ENDPOINT_URL_FIREHOSE`, `FIREHOSE_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `FIREHOSE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl FirehoseSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(region: impl Into<String>, stream: impl Into<String>) -> Self {
        Self {
            region: region.into(),
            stream: stream.into(),
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

    /// Checks what the types do not; [`FirehoseSink::start`](super::FirehoseSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for FirehoseSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Amazon Data Firehose.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 500,
        ..DeliveryConfig::default()
    }
}
