//! Settings of the `OpenObserve` sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`OpenobserveSink`](super::OpenobserveSink).
///
/// Deserializing reads the settings alone; [`OpenobserveSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct OpenobserveSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `OPENOBSERVE_URL`, `OPENOBSERVE_SINK_URL`.
    pub url: String,
    /// Organization.
    ///
    /// Default: `default`. Environment: `OPENOBSERVE_ORG`, `OPENOBSERVE_SINK_ORG`.
    pub org: String,
    /// Stream.
    ///
    /// Default: `fapilog`. Environment: `OPENOBSERVE_STREAM`, `OPENOBSERVE_SINK_STREAM`.
    pub stream: String,
    /// User.
    ///
    /// Required. Environment: `OPENOBSERVE_USER`, `OPENOBSERVE_SINK_USERNAME`.
    pub username: String,
    /// Password.
    ///
    /// Required. Environment: `OPENOBSERVE_PASSWORD`, `OPENOBSERVE_SINK_PASSWORD`.
    pub password: Secret,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `OPENOBSERVE_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `OPENOBSERVE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl OpenobserveSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(
        url: impl Into<String>,
        username: impl Into<String>,
        password: impl Into<Secret>,
    ) -> Self {
        Self {
            url: url.into(),
            org: "default".to_owned(),
            stream: "fapilog".to_owned(),
            username: username.into(),
            password: password.into(),
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

    /// Checks what the types do not; [`OpenobserveSink::start`](super::OpenobserveSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for OpenobserveSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
