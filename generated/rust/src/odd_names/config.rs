//! Settings of the Odd Names sink.

mod choices;
mod read;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};

pub use choices::{OddNamesEncoder2, OddNamesMatches};

/// Settings of [`OddNamesSink`](super::OddNamesSink).
///
/// Deserializing reads the settings alone; [`OddNamesSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct OddNamesSinkConfig {
    /// A keyword.
    ///
    /// Required. Environment: `ODD_TYPE`, `ODD_NAMES_SINK_KIND`.
    pub kind: String,
    /// A helper.
    ///
    /// Required. Environment: `ODD_FIELDS`, `ODD_NAMES_SINK_FIELDS`.
    pub fields: String,
    /// A local.
    ///
    /// Default: `5`. Environment: `ODD_NAMES_SINK_CONFIG`.
    pub config: i64,
    /// A local.
    ///
    /// Default: not set. Environment: `ODD_NAMES_SINK_ERRORS`.
    pub errors: Option<f64>,
    /// A local.
    ///
    /// Default: `true`. Environment: `ODD_NAMES_SINK_REQUEST`.
    pub request: bool,
    /// A field.
    ///
    /// Default: empty. Environment: `ODD_NAMES_SINK_STREAMS`.
    pub streams: Vec<String>,
    /// A parameter.
    ///
    /// Default: `{"a":"b"}`. Environment: `ODD_NAMES_SINK_OUT`.
    pub out: Vec<(String, String)>,
    /// A parameter.
    ///
    /// In settings a number of seconds. Default: `1.5`. Environment: `ODD_NAMES_SINK_EVENT`.
    pub event: Duration,
    /// A type.
    ///
    /// Default: not set. Environment: `ODD_NAMES_SINK_ENCODER`.
    pub encoder: Option<OddNamesEncoder2>,
    /// A keyword.
    ///
    /// Default: `x`. Environment: `ODD_NAMES_SINK_MATCHES`.
    pub matches: OddNamesMatches,
    /// A local.
    ///
    /// Default: not set. Environment: `ODD_RECORD`, `ODD_NAMES_SINK_RECORD`.
    pub record: Option<String>,
    /// Optional text.
    ///
    /// Default: not set. Environment: `ODD_LABEL`, `ODD_NAMES_SINK_LABEL`.
    pub label: Option<String>,
    /// Secret.
    ///
    /// Default: not set. Environment: `ODD_KEY`, `ODD_NAMES_SINK_KEY`.
    pub key: Option<Secret>,
    /// Secret user.
    ///
    /// Default: not set. Environment: `ODD_USER`, `ODD_NAMES_SINK_USER`.
    pub user: Option<Secret>,
    /// Headers.
    ///
    /// Default: empty. Environment: `ODD_NAMES_SINK_EXTRA`.
    pub extra: Vec<(String, String)>,
    /// Replaces the address.
    ///
    /// Default: not set. Environment: `ODD_URL`, `ODD_NAMES_SINK_URL`.
    pub url: Option<Secret>,
    /// Batching, retries, queue and shutdown. Environment: `ODD_NAMES_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl OddNamesSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(kind: impl Into<String>, fields: impl Into<String>) -> Self {
        Self {
            kind: kind.into(),
            fields: fields.into(),
            config: 5,
            errors: None,
            request: true,
            streams: Vec::new(),
            out: vec![("a".to_owned(), "b".to_owned())],
            event: Duration::from_secs_f64(1.5),
            encoder: None,
            matches: OddNamesMatches::default(),
            record: None,
            label: None,
            key: None,
            user: None,
            extra: Vec::new(),
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

    /// Checks what the types do not; [`OddNamesSink::start`](super::OddNamesSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for OddNamesSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}
