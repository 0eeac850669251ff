//! Settings of the Grafana Loki sink.

mod choices;
mod read;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields, Secret};
use super::super::cloud_sink_parts::connection::ConnectionConfig;

pub use choices::Compression;

/// Settings of [`LokiSink`](super::LokiSink).
///
/// Deserializing reads the settings alone; [`LokiSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct LokiSinkConfig {
    /// Scheme, host and port of Loki or of the gateway before it. The sink adds
    /// `/loki/api/v1/push`.
    ///
    /// Required. Environment: `LOKI_SINK_URL`, `LOKI_URL`, `LOKI_ADDR`.
    pub url: String,
    /// Label `service_name` of every event. Not set: `diagnostics.service` of the event.
    ///
    /// Default: not set. Environment: `LOKI_SINK_SERVICE_NAME`, `LOKI_SERVICE_NAME`.
    pub service_name: Option<String>,
    /// Labels of every event. Setting them replaces the default; repeat `job:fapilog` to keep it.
    /// Names outside `[a-zA-Z_][a-zA-Z0-9_]*` are made valid with `_`; names that start with `__`
    /// are Loki's own. Loki takes 15 labels at most, those of `label_fields` included and
    /// `service_name` not.
    ///
    /// Default: `{"job":"fapilog"}`. Environment: `LOKI_SINK_LABELS`, `LOKI_LABELS`.
    pub labels: Vec<(String, String)>,
    /// Parts of an event that become labels, such as `level` or `context.tenant_id`. Every distinct
    /// value makes a stream, so only for fields with few values.
    ///
    /// Default: empty. Environment: `LOKI_SINK_LABEL_FIELDS`, `LOKI_LABEL_FIELDS`.
    pub label_fields: Vec<String>,
    /// Distinct label sets this sink may create. Beyond it, label values taken from events become
    /// `overflow`, so that a field with many values cannot exhaust the tenant's streams.
    ///
    /// Default: `100`. Environment: `LOKI_SINK_MAX_STREAMS`, `LOKI_MAX_STREAMS`.
    pub max_streams: i64,
    /// Tenant, sent as `X-Scope-OrgID`. Needed when Loki runs with `auth_enabled` and no gateway
    /// adds it.
    ///
    /// Default: not set. Environment: `LOKI_SINK_TENANT_ID`, `LOKI_ORG_ID`, `LOKI_TENANT_ID`.
    pub tenant_id: Option<String>,
    /// User of HTTP basic authentication. For Grafana Cloud the numeric instance id.
    ///
    /// Default: not set. Environment: `LOKI_SINK_USERNAME`, `LOKI_USERNAME`.
    pub username: Option<String>,
    /// Password of HTTP basic authentication. For Grafana Cloud an access policy token with
    /// `logs:write`.
    ///
    /// Default: not set. Environment: `LOKI_SINK_PASSWORD`, `LOKI_PASSWORD`.
    pub password: Option<Secret>,
    /// Token for a gateway that asks for `Authorization` with the word Bearer. Goes before user and
    /// password when both are set.
    ///
    /// Default: not set. Environment: `LOKI_SINK_BEARER_TOKEN`, `LOKI_BEARER_TOKEN`.
    pub bearer_token: Option<Secret>,
    /// How request bodies are compressed.
    ///
    /// Default: `gzip`. Environment: `LOKI_SINK_COMPRESSION`.
    pub compression: Compression,
    /// TLS, proxy, and whether credentials may travel in clear. Environment: `LOKI_SINK_CA_FILE`
    /// and so on.
    pub connection: ConnectionConfig,
    /// Batching, retries, queue and shutdown. Environment: `LOKI_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl LokiSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            service_name: None,
            labels: vec![("job".to_owned(), "fapilog".to_owned())],
            label_fields: Vec::new(),
            max_streams: 100,
            tenant_id: None,
            username: None,
            password: None,
            bearer_token: None,
            compression: Compression::default(),
            connection: ConnectionConfig::default(),
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

    /// Checks what the types do not; [`LokiSink::start`](super::LokiSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for LokiSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Grafana Loki.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        max_in_flight: 1,
        ..DeliveryConfig::default()
    }
}
