//! Settings of the Sumo Logic sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`SumoLogicSink`](super::SumoLogicSink).
///
/// Deserializing reads the settings alone; [`SumoLogicSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct SumoLogicSinkConfig {
    /// Secret address of the HTTP source.
    ///
    /// Required. Environment: `SUMO_URL`, `SUMO_LOGIC_SINK_URL`.
    pub url: Secret,
    /// Source category.
    ///
    /// Default: not set. Environment: `SUMO_CATEGORY`, `SUMO_LOGIC_SINK_CATEGORY`.
    pub category: Option<String>,
    /// Source host.
    ///
    /// Default: not set. Environment: `SUMO_HOST`, `SUMO_LOGIC_SINK_HOST`.
    pub host: Option<String>,
    /// Source name.
    ///
    /// Default: not set. Environment: `SUMO_NAME`, `SUMO_LOGIC_SINK_NAME`.
    pub name: Option<String>,
    /// Fields of every event.
    ///
    /// Default: empty. Environment: `SUMO_FIELDS`, `SUMO_LOGIC_SINK_FIELDS`.
    pub fields: Vec<(String, String)>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `SUMO_LOGIC_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `SUMO_LOGIC_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl SumoLogicSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            category: None,
            host: None,
            name: None,
            fields: Vec::new(),
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

    /// Checks what the types do not; [`SumoLogicSink::start`](super::SumoLogicSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for SumoLogicSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
