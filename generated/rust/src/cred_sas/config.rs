//! Settings of the Cred `cred_sas` sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

/// Settings of [`CredSasSink`](super::CredSasSink).
///
/// Deserializing reads the settings alone; [`CredSasSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CredSasSinkConfig {
    /// Text.
    ///
    /// Required. Environment: `X_HUB`, `CRED_SAS_SINK_HUB`.
    pub hub: String,
    /// Text.
    ///
    /// Required. Environment: `X_KEY_NAME`, `CRED_SAS_SINK_KEY_NAME`.
    pub key_name: String,
    /// Secret.
    ///
    /// Required. Environment: `X_KEY`, `CRED_SAS_SINK_KEY`.
    pub key: Secret,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `CRED_SAS_URL`, `CRED_SAS_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `CRED_SAS_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CredSasSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(
        hub: impl Into<String>,
        key_name: impl Into<String>,
        key: impl Into<Secret>,
    ) -> Self {
        Self {
            hub: hub.into(),
            key_name: key_name.into(),
            key: key.into(),
            url: None,
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

    /// Checks what the types do not; [`CredSasSink::start`](super::CredSasSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for CredSasSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
