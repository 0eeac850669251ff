//! Settings of the Honeycomb sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{Compression, HoneycombRegion};

/// Settings of [`HoneycombSink`](super::HoneycombSink).
///
/// Deserializing reads the settings alone; [`HoneycombSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct HoneycombSinkConfig {
    /// Ingest key, or a configuration key that may send events.
    ///
    /// Required. Environment: `HONEYCOMB_SINK_API_KEY`, `HONEYCOMB_API_KEY`.
    pub api_key: Secret,
    /// Dataset that receives the events. Created by the first event when the key may create
    /// datasets.
    ///
    /// Required. Environment: `HONEYCOMB_SINK_DATASET`, `HONEYCOMB_DATASET`.
    pub dataset: String,
    /// Host of the team's region.
    ///
    /// Default: `api.honeycomb.io`. Environment: `HONEYCOMB_SINK_REGION`.
    pub region: HoneycombRegion,
    /// Replaces `https://HOST`, for a proxy, Refinery or a test.
    ///
    /// Default: not set. Environment: `HONEYCOMB_SINK_URL`, `HONEYCOMB_API_ENDPOINT`.
    pub url: Option<String>,
    /// How many events each sent one stands for, when the application samples. Honeycomb multiplies
    /// counts by it.
    ///
    /// Default: not set. Environment: `HONEYCOMB_SINK_SAMPLE_RATE`.
    pub sample_rate: Option<i64>,
    /// How request bodies are compressed.
    ///
    /// Default: `zstd`. Environment: `HONEYCOMB_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `HONEYCOMB_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl HoneycombSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(api_key: impl Into<Secret>, dataset: impl Into<String>) -> Self {
        Self {
            api_key: api_key.into(),
            dataset: dataset.into(),
            region: HoneycombRegion::default(),
            url: None,
            sample_rate: None,
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

    /// Checks what the types do not; [`HoneycombSink::start`](super::HoneycombSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for HoneycombSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Honeycomb.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 500,
        batch_bytes: 2_000_000,
        ..DeliveryConfig::default()
    }
}
