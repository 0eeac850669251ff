//! Settings of the Cred `cred_azure` sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

/// Settings of [`CredAzureSink`](super::CredAzureSink).
///
/// Deserializing reads the settings alone; [`CredAzureSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CredAzureSinkConfig {
    /// Text.
    ///
    /// Default: not set. Environment: `X_TENANT`, `CRED_AZURE_SINK_TENANT`.
    pub tenant: Option<String>,
    /// Text.
    ///
    /// Default: not set. Environment: `X_CLIENT`, `CRED_AZURE_SINK_CLIENT`.
    pub client: Option<String>,
    /// Secret.
    ///
    /// Default: not set. Environment: `X_CLIENT_SECRET`, `CRED_AZURE_SINK_CLIENT_SECRET`.
    pub client_secret: Option<Secret>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `CRED_AZURE_URL`, `CRED_AZURE_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `CRED_AZURE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CredAzureSinkConfig {
    /// Settings as they are without any given.
    #[must_use]
    pub fn new() -> Self {
        Self {
            tenant: None,
            client: None,
            client_secret: None,
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

    /// Checks what the types do not; [`CredAzureSink::start`](super::CredAzureSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl Default for CredAzureSinkConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl TryFrom<Map<String, Value>> for CredAzureSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
