//! Settings of the Quickwit sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

pub use choices::{Compression, QuickwitCommit};

/// Settings of [`QuickwitSink`](super::QuickwitSink).
///
/// Deserializing reads the settings alone; [`QuickwitSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct QuickwitSinkConfig {
    /// Address.
    ///
    /// Required. Environment: `QUICKWIT_URL`, `QUICKWIT_SINK_URL`.
    pub url: String,
    /// Index.
    ///
    /// Default: `logs`. Environment: `QUICKWIT_INDEX`, `QUICKWIT_SINK_INDEX`.
    pub index: String,
    /// When a request is answered.
    ///
    /// Default: `auto`. Environment: `QUICKWIT_COMMIT`, `QUICKWIT_SINK_COMMIT`.
    pub commit: QuickwitCommit,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `QUICKWIT_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `QUICKWIT_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl QuickwitSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            index: "logs".to_owned(),
            commit: QuickwitCommit::default(),
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

    /// Checks what the types do not; [`QuickwitSink::start`](super::QuickwitSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for QuickwitSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
