//! Settings of the Cred `cred_google` sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

/// Settings of [`CredGoogleSink`](super::CredGoogleSink).
///
/// Deserializing reads the settings alone; [`CredGoogleSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CredGoogleSinkConfig {
    /// Text.
    ///
    /// Default: not set. Environment: `X_KEY_FILE`, `CRED_GOOGLE_SINK_KEY_FILE`.
    pub key_file: Option<String>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `CRED_GOOGLE_URL`, `CRED_GOOGLE_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `CRED_GOOGLE_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CredGoogleSinkConfig {
    /// Settings as they are without any given.
    #[must_use]
    pub fn new() -> Self {
        Self {
            key_file: None,
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

    /// Checks what the types do not; [`CredGoogleSink::start`](super::CredGoogleSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl Default for CredGoogleSinkConfig {
    fn default() -> Self {
        Self::new()
    }
}

impl TryFrom<Map<String, Value>> for CredGoogleSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
