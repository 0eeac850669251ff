//! Settings of the Datadog sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{Compression, DatadogSite};

/// Settings of [`DatadogSink`](super::DatadogSink).
///
/// Deserializing reads the settings alone; [`DatadogSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct DatadogSinkConfig {
    /// API key of the organization. An application key is not needed and does not work here.
    ///
    /// Required. Environment: `DATADOG_SINK_API_KEY`, `DD_API_KEY`.
    pub api_key: Secret,
    /// Datadog site the organization lives on. A key is refused by every site but its own.
    ///
    /// Default: `datadoghq.com`. Environment: `DATADOG_SINK_SITE`, `DD_SITE`.
    pub site: DatadogSite,
    /// Replaces `https://http-intake.logs.SITE`, for a proxy, a private link or a test. The path
    /// stays `/api/v2/logs`.
    ///
    /// Default: not set. Environment: `DATADOG_SINK_URL`.
    pub url: Option<String>,
    /// Service of every event; ties logs to traces. Not set: `diagnostics.service` of the event.
    ///
    /// Default: not set. Environment: `DATADOG_SINK_SERVICE`, `DD_SERVICE`.
    pub service: Option<String>,
    /// Value of `ddsource`. It selects the integration pipeline that processes the events.
    ///
    /// Default: `fapilog`. Environment: `DATADOG_SINK_SOURCE`, `DD_SOURCE`.
    pub source: String,
    /// Host of every event. Not set: `diagnostics.host` of the event.
    ///
    /// Default: not set. Environment: `DATADOG_SINK_HOSTNAME`, `DD_HOSTNAME`.
    pub hostname: Option<String>,
    /// Tags of every event, sent as `ddtags`: a list of `key:value` texts, a bare word and a
    /// repeated key included, as every Datadog client takes them. In the environment they stand
    /// apart by spaces or commas. Put `env` and `version` here for unified service tagging.
    ///
    /// Default: empty. Environment: `DATADOG_SINK_TAGS`, `DD_TAGS`.
    pub tags: Vec<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `DATADOG_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `DATADOG_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl DatadogSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(api_key: impl Into<Secret>) -> Self {
        Self {
            api_key: api_key.into(),
            site: DatadogSite::default(),
            url: None,
            service: None,
            source: "fapilog".to_owned(),
            hostname: None,
            tags: Vec::new(),
            compression: Compression::default(),
            delivery: delivery(),
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

    /// Checks what the types do not; [`DatadogSink::start`](super::DatadogSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for DatadogSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Datadog.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_bytes: 4_000_000,
        ..DeliveryConfig::default()
    }
}
