//! The settings of one sink, of the provider they name.

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{CloudSink, ConfigErrors, StartError};
use super::super::cloudwatch::{CloudWatchSink, CloudWatchSinkConfig};
use super::super::loki::{LokiSink, LokiSinkConfig};

/// Settings of one sink, of whichever provider.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SinkConfig {
    /// A [`CloudWatchSink`].
    CloudWatch(CloudWatchSinkConfig),
    /// A [`LokiSink`].
    Loki(LokiSinkConfig),
}

impl SinkConfig {
    /// Reads the settings of one sink; `provider` in them says whose they are.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn from_settings(mut settings: Map<String, Value>) -> Result<Self, ConfigErrors> {
        let provider = settings.shift_remove("provider");
        match provider.as_ref().and_then(Value::as_str) {
            Some("cloudwatch") => {
                CloudWatchSinkConfig::from_settings(settings).map(Self::CloudWatch)
            }
            Some("loki") => LokiSinkConfig::from_settings(settings).map(Self::Loki),
            Some(other) => {
                let other = other.escape_debug();
                Err(no_provider(&format!("`{other}` is not known: ")))
            }
            None => Err(no_provider("")),
        }
    }

    /// Starts the sink.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a setting cannot work or the delivery thread cannot start.
    pub fn start(self) -> Result<CloudSink, StartError> {
        match self {
            Self::CloudWatch(config) => {
                CloudWatchSink::start(config).map(CloudWatchSink::into_inner)
            }
            Self::Loki(config) => LokiSink::start(config).map(LokiSink::into_inner),
        }
    }
}

/// What to write for a provider.
const KNOWN: &str = "expected `cloudwatch`, `loki`";

pub(super) fn no_provider(found: &str) -> ConfigErrors {
    let mut errors = ConfigErrors::default();
    errors.push("provider", format!("{found}{KNOWN}"));
    errors
}
