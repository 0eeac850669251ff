//! Settings of the `AppSignal` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`AppsignalSink`](super::AppsignalSink).
///
/// Deserializing reads the settings alone; [`AppsignalSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct AppsignalSinkConfig {
    /// Key.
    ///
    /// Required. Environment: `APPSIGNAL_PUSH_API_KEY`, `APPSIGNAL_SINK_PUSH_KEY`.
    pub push_key: Secret,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `APPSIGNAL_URL`, `APPSIGNAL_SINK_URL`.
    pub url: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `APPSIGNAL_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `APPSIGNAL_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl AppsignalSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(push_key: impl Into<Secret>) -> Self {
        Self {
            push_key: push_key.into(),
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

    /// Checks what the types do not; [`AppsignalSink::start`](super::AppsignalSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for AppsignalSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
