//! The settings of one sink, of the provider they name.

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{CloudSink, ConfigErrors, StartError};
use super::super::cloudwatch::{CloudWatchSink, CloudWatchSinkConfig};
use super::super::datadog::{DatadogSink, DatadogSinkConfig};
use super::super::elasticsearch::{ElasticsearchSink, ElasticsearchSinkConfig};
use super::super::honeycomb::{HoneycombSink, HoneycombSinkConfig};
use super::super::loki::{LokiSink, LokiSinkConfig};
use super::super::splunk_hec::{SplunkHecSink, SplunkHecSinkConfig};

/// Settings of one sink, of whichever provider.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SinkConfig {
    /// A [`CloudWatchSink`].
    CloudWatch(CloudWatchSinkConfig),
    /// A [`DatadogSink`].
    Datadog(DatadogSinkConfig),
    /// A [`ElasticsearchSink`].
    Elasticsearch(ElasticsearchSinkConfig),
    /// A [`HoneycombSink`].
    Honeycomb(HoneycombSinkConfig),
    /// A [`LokiSink`].
    Loki(LokiSinkConfig),
    /// A [`SplunkHecSink`].
    SplunkHec(SplunkHecSinkConfig),
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
            Some("datadog") => DatadogSinkConfig::from_settings(settings).map(Self::Datadog),
            Some("elasticsearch") => {
                ElasticsearchSinkConfig::from_settings(settings).map(Self::Elasticsearch)
            }
            Some("honeycomb") => HoneycombSinkConfig::from_settings(settings).map(Self::Honeycomb),
            Some("loki") => LokiSinkConfig::from_settings(settings).map(Self::Loki),
            Some("splunk_hec") => SplunkHecSinkConfig::from_settings(settings).map(Self::SplunkHec),
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
            Self::Datadog(config) => DatadogSink::start(config).map(DatadogSink::into_inner),
            Self::Elasticsearch(config) => {
                ElasticsearchSink::start(config).map(ElasticsearchSink::into_inner)
            }
            Self::Honeycomb(config) => HoneycombSink::start(config).map(HoneycombSink::into_inner),
            Self::Loki(config) => LokiSink::start(config).map(LokiSink::into_inner),
            Self::SplunkHec(config) => SplunkHecSink::start(config).map(SplunkHecSink::into_inner),
        }
    }
}

/// What to write for a provider.
const KNOWN: &str =
    "expected `cloudwatch`, `datadog`, `elasticsearch`, `honeycomb`, `loki`, `splunk_hec`";

pub(super) fn no_provider(found: &str) -> ConfigErrors {
    let mut errors = ConfigErrors::default();
    errors.push("provider", format!("{found}{KNOWN}"));
    errors
}
