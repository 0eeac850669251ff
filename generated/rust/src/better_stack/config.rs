//! Settings of the Better Stack sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`BetterStackSink`](super::BetterStackSink).
///
/// Deserializing reads the settings alone; [`BetterStackSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct BetterStackSinkConfig {
    /// Source token.
    ///
    /// Required. Environment: `BETTERSTACK_SOURCE_TOKEN`, `BETTER_STACK_SINK_SOURCE_TOKEN`.
    pub source_token: Secret,
    /// Ingesting host of the source.
    ///
    /// Required. Environment: `BETTERSTACK_INGESTING_HOST`, `BETTER_STACK_SINK_HOST`.
    pub host: String,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `BETTERSTACK_URL`, `BETTER_STACK_SINK_URL`.
    pub url: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `none`. Environment: `BETTER_STACK_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `BETTER_STACK_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl BetterStackSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(source_token: impl Into<Secret>, host: impl Into<String>) -> Self {
        Self {
            source_token: source_token.into(),
            host: host.into(),
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

    /// Checks what the types do not; [`BetterStackSink::start`](super::BetterStackSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for BetterStackSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
