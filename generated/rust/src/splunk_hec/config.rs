//! Settings of the Splunk HEC sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`SplunkHecSink`](super::SplunkHecSink).
///
/// Deserializing reads the settings alone; [`SplunkHecSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct SplunkHecSinkConfig {
    /// Scheme, host and port of the collector, 8088 or 443.
    ///
    /// Required. Environment: `SPLUNK_HEC_SINK_URL`, `SPLUNK_HEC_URL`.
    pub url: String,
    /// HEC token.
    ///
    /// Required. Environment: `SPLUNK_HEC_SINK_TOKEN`, `SPLUNK_HEC_TOKEN`.
    pub token: Secret,
    /// Index of the events; the token must be allowed to write to it. Not set: the token's default.
    ///
    /// Default: not set. Environment: `SPLUNK_HEC_SINK_INDEX`.
    pub index: Option<String>,
    /// Source of the events. Not set: `diagnostics.service` of the event.
    ///
    /// Default: not set. Environment: `SPLUNK_HEC_SINK_SOURCE`.
    pub source: Option<String>,
    /// Source type of the events.
    ///
    /// Default: `_json`. Environment: `SPLUNK_HEC_SINK_SOURCETYPE`.
    pub sourcetype: String,
    /// Host of the events. Not set: `diagnostics.host` of the event.
    ///
    /// Default: not set. Environment: `SPLUNK_HEC_SINK_HOST`.
    pub host: Option<String>,
    /// GUID sent as `X-Splunk-Request-Channel`, for tokens that ask for one.
    ///
    /// Default: not set. Environment: `SPLUNK_HEC_SINK_CHANNEL`.
    pub channel: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `SPLUNK_HEC_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `SPLUNK_HEC_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl SplunkHecSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>, token: impl Into<Secret>) -> Self {
        Self {
            url: url.into(),
            token: token.into(),
            index: None,
            source: None,
            sourcetype: "_json".to_owned(),
            host: None,
            channel: None,
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

    /// Checks what the types do not; [`SplunkHecSink::start`](super::SplunkHecSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for SplunkHecSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
