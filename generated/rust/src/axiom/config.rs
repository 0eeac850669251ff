//! Settings of the Axiom sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`AxiomSink`](super::AxiomSink).
///
/// Deserializing reads the settings alone; [`AxiomSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct AxiomSinkConfig {
    /// API token.
    ///
    /// Required. Environment: `AXIOM_TOKEN`, `AXIOM_SINK_TOKEN`.
    pub token: Secret,
    /// Dataset.
    ///
    /// Required. Environment: `AXIOM_DATASET`, `AXIOM_SINK_DATASET`.
    pub dataset: String,
    /// Organization of a personal token.
    ///
    /// Default: not set. Environment: `AXIOM_ORG_ID`, `AXIOM_SINK_ORG_ID`.
    pub org_id: Option<String>,
    /// Labels of every event.
    ///
    /// Default: empty. Environment: `AXIOM_LABELS`, `AXIOM_SINK_LABELS`.
    pub labels: Vec<(String, String)>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `AXIOM_URL`, `AXIOM_SINK_URL`.
    pub url: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `zstd`. Environment: `AXIOM_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `AXIOM_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl AxiomSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(token: impl Into<Secret>, dataset: impl Into<String>) -> Self {
        Self {
            token: token.into(),
            dataset: dataset.into(),
            org_id: None,
            labels: Vec::new(),
            url: None,
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

    /// Checks what the types do not; [`AxiomSink::start`](super::AxiomSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for AxiomSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
