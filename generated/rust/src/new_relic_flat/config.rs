//! Settings of the New Relic sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{Compression, NewRelicFlatRegion};

/// Settings of [`NewRelicFlatSink`](super::NewRelicFlatSink).
///
/// Deserializing reads the settings alone; [`NewRelicFlatSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct NewRelicFlatSinkConfig {
    /// Ingest license key.
    ///
    /// Required. Environment: `NEW_RELIC_LICENSE_KEY`, `NEW_RELIC_FLAT_SINK_LICENSE_KEY`.
    pub license_key: Secret,
    /// Region of the account.
    ///
    /// Default: `log-api.newrelic.com`. Environment: `NEW_RELIC_REGION`,
    /// `NEW_RELIC_FLAT_SINK_REGION`.
    pub region: NewRelicFlatRegion,
    /// Replaces the endpoint.
    ///
    /// Default: not set. Environment: `NEW_RELIC_LOG_URL`, `NEW_RELIC_FLAT_SINK_URL`.
    pub url: Option<String>,
    /// Service name.
    ///
    /// Default: not set. Environment: `NEW_RELIC_APP_NAME`, `NEW_RELIC_FLAT_SINK_SERVICE`.
    pub service: Option<String>,
    /// Selects parsing rules.
    ///
    /// Default: `fapilog`. Environment: `NEW_RELIC_LOGTYPE`, `NEW_RELIC_FLAT_SINK_LOGTYPE`.
    pub logtype: String,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `NEW_RELIC_FLAT_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `NEW_RELIC_FLAT_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl NewRelicFlatSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(license_key: impl Into<Secret>) -> Self {
        Self {
            license_key: license_key.into(),
            region: NewRelicFlatRegion::default(),
            url: None,
            service: None,
            logtype: "fapilog".to_owned(),
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

    /// Checks what the types do not; [`NewRelicFlatSink::start`](super::NewRelicFlatSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for NewRelicFlatSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
