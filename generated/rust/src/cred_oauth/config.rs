//! Settings of the Cred `cred_oauth` sink.

mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

/// Settings of [`CredOauthSink`](super::CredOauthSink).
///
/// Deserializing reads the settings alone; [`CredOauthSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CredOauthSinkConfig {
    /// Text.
    ///
    /// Required. Environment: `X_TENANT`, `CRED_OAUTH_SINK_TENANT`.
    pub tenant: String,
    /// Text.
    ///
    /// Required. Environment: `X_CLIENT_ID`, `CRED_OAUTH_SINK_CLIENT_ID`.
    pub client_id: String,
    /// Secret.
    ///
    /// Required. Environment: `X_CLIENT_SECRET`, `CRED_OAUTH_SINK_CLIENT_SECRET`.
    pub client_secret: Secret,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `CRED_OAUTH_URL`, `CRED_OAUTH_SINK_URL`.
    pub url: Option<String>,
    /// Batching, retries, queue and shutdown. Environment: `CRED_OAUTH_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CredOauthSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(
        tenant: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: impl Into<Secret>,
    ) -> Self {
        Self {
            tenant: tenant.into(),
            client_id: client_id.into(),
            client_secret: client_secret.into(),
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

    /// Checks what the types do not; [`CredOauthSink::start`](super::CredOauthSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for CredOauthSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
