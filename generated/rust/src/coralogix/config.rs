//! Settings of the Coralogix sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`CoralogixSink`](super::CoralogixSink).
///
/// Deserializing reads the settings alone; [`CoralogixSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CoralogixSinkConfig {
    /// Send-Your-Data key.
    ///
    /// Required. Environment: `CORALOGIX_PRIVATE_KEY`, `CORALOGIX_SINK_PRIVATE_KEY`.
    pub private_key: Secret,
    /// Domain of the account.
    ///
    /// Default: `eu1.coralogix.com`. Environment: `CORALOGIX_DOMAIN`, `CORALOGIX_SINK_DOMAIN`.
    pub domain: String,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `CORALOGIX_LOG_URL`, `CORALOGIX_SINK_URL`.
    pub url: Option<String>,
    /// Application name.
    ///
    /// Default: `fapilog`. Environment: `CORALOGIX_APP_NAME`, `CORALOGIX_SINK_APPLICATION`.
    pub application: String,
    /// Subsystem name.
    ///
    /// Default: not set. Environment: `CORALOGIX_SUB_SYSTEM`, `CORALOGIX_SINK_SUBSYSTEM`.
    pub subsystem: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `none`. Environment: `CORALOGIX_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `CORALOGIX_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CoralogixSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(private_key: impl Into<Secret>) -> Self {
        Self {
            private_key: private_key.into(),
            domain: "eu1.coralogix.com".to_owned(),
            url: None,
            application: "fapilog".to_owned(),
            subsystem: None,
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

    /// Checks what the types do not; [`CoralogixSink::start`](super::CoralogixSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for CoralogixSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
