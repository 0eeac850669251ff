//! Settings of the Google Cloud Logging sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::Compression;

/// Settings of [`GcpLoggingSink`](super::GcpLoggingSink).
///
/// Deserializing reads the settings alone; [`GcpLoggingSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct GcpLoggingSinkConfig {
    /// Project.
    ///
    /// Required. Environment: `GOOGLE_CLOUD_PROJECT`, `GCP_LOGGING_SINK_PROJECT`.
    pub project: String,
    /// Log name.
    ///
    /// Default: `fapilog`. Environment: `GCP_LOG_ID`, `GCP_LOGGING_SINK_LOG_ID`.
    pub log_id: String,
    /// Service account key file.
    ///
    /// Default: not set. Environment: `GOOGLE_APPLICATION_CREDENTIALS`,
    /// `GCP_LOGGING_SINK_CREDENTIALS`.
    pub credentials: Option<String>,
    /// Access token.
    ///
    /// Default: not set. Environment: `GCP_ACCESS_TOKEN`, `GCP_LOGGING_SINK_ACCESS_TOKEN`.
    pub access_token: Option<Secret>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `GCP_LOGGING_URL`, `GCP_LOGGING_SINK_URL`.
    pub url: Option<String>,
    /// Labels of every event.
    ///
    /// Default: empty. Environment: `GCP_LABELS`, `GCP_LOGGING_SINK_LABELS`.
    pub labels: Vec<(String, String)>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `GCP_LOGGING_SINK_COMPRESSION`.
    pub compression: Compression,
    /// Batching, retries, queue and shutdown. Environment: `GCP_LOGGING_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl GcpLoggingSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(project: impl Into<String>) -> Self {
        Self {
            project: project.into(),
            log_id: "fapilog".to_owned(),
            credentials: None,
            access_token: None,
            url: None,
            labels: Vec::new(),
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

    /// Checks what the types do not; [`GcpLoggingSink::start`](super::GcpLoggingSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for GcpLoggingSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
