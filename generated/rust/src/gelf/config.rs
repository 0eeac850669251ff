//! Settings of the Graylog GELF over HTTP sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`GelfSink`](super::GelfSink).
///
/// Deserializing reads the settings alone; [`GelfSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct GelfSinkConfig {
    /// Address of the input.
    ///
    /// Required. Environment: `GELF_URL`, `GELF_SINK_URL`.
    pub url: String,
    /// Value of the header the input asks for.
    ///
    /// Default: not set. Environment: `GELF_TOKEN`, `GELF_SINK_TOKEN`.
    pub token: Option<Secret>,
    /// Name of the header the input asks for.
    ///
    /// Default: `X-Api-Key`. Environment: `GELF_TOKEN_HEADER`, `GELF_SINK_TOKEN_HEADER`.
    pub token_header: String,
    /// Host of the events.
    ///
    /// Default: not set. Environment: `GELF_HOST`, `GELF_SINK_HOST`.
    pub host: Option<String>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `GELF_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `GELF_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl GelfSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            token: None,
            token_header: "X-Api-Key".to_owned(),
            host: None,
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

    /// Checks what the types do not; [`GelfSink::start`](super::GelfSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for GelfSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Graylog GELF over HTTP.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 1,
        batch_bytes: 65_536,
        ..DeliveryConfig::default()
    }
}
