//! Settings of the Amazon `CloudWatch` Logs sink.

mod read;

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};

/// Settings of [`CloudWatchSink`](super::CloudWatchSink).
///
/// Deserializing reads the settings alone; [`CloudWatchSinkConfig::from_settings`] completes them from
/// the environment.
#[derive(Debug, Clone, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct CloudWatchSinkConfig {
    /// Log group that receives the events.
    ///
    /// Required. Environment: `CLOUDWATCH_SINK_LOG_GROUP`, `CLOUDWATCH_LOG_GROUP`.
    pub log_group: String,
    /// Log stream within the group. Several processes may share one; a stream for each host makes
    /// reading easier.
    ///
    /// Default: `fapilog`. Environment: `CLOUDWATCH_SINK_LOG_STREAM`, `CLOUDWATCH_LOG_STREAM`.
    pub log_stream: String,
    /// AWS region. Not set: the region of the AWS profile or of the instance.
    ///
    /// Default: not set. Environment: `CLOUDWATCH_SINK_REGION`, `AWS_REGION`, `AWS_DEFAULT_REGION`.
    pub region: Option<String>,
    /// Replaces the address of the service, for a VPC endpoint, `LocalStack`, moto or a test.
    ///
    /// Default: not set. Environment: `CLOUDWATCH_SINK_ENDPOINT_URL`, `CLOUDWATCH_SINK_URL`,
    /// `AWS_ENDPOINT_URL_CLOUDWATCH_LOGS`, `AWS_ENDPOINT_URL`.
    pub endpoint_url: Option<String>,
    /// Create the group when the service says that it does not exist.
    ///
    /// Default: `true`. Environment: `CLOUDWATCH_SINK_CREATE_LOG_GROUP`.
    pub create_log_group: bool,
    /// Create the stream when the service says that it does not exist.
    ///
    /// Default: `true`. Environment: `CLOUDWATCH_SINK_CREATE_LOG_STREAM`.
    pub create_log_stream: bool,
    /// Days that a group created by this sink keeps its events. Not set: for ever. An existing
    /// group is left as it is. One of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545,
    /// 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.
    ///
    /// Default: not set. Environment: `CLOUDWATCH_SINK_RETENTION_DAYS`,
    /// `CLOUDWATCH_RETENTION_DAYS`.
    pub retention_days: Option<i64>,
    /// Batching, retries, queue and shutdown. Environment: `CLOUDWATCH_SINK_BATCH_SIZE` and so on.
    pub delivery: DeliveryConfig,
}

impl CloudWatchSinkConfig {
    /// Settings with defaults for all that is not required.
    pub fn new(log_group: impl Into<String>) -> Self {
        Self {
            log_group: log_group.into(),
            log_stream: "fapilog".to_owned(),
            region: None,
            endpoint_url: None,
            create_log_group: true,
            create_log_stream: true,
            retention_days: None,
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

    /// Checks what the types do not; [`CloudWatchSink::start`](super::CloudWatchSink::start) does it too.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every problem found.
    pub fn validate(&self) -> Result<(), ConfigErrors> {
        self.errors().into_result()
    }
}

impl TryFrom<Map<String, Value>> for CloudWatchSinkConfig {
    type Error = ConfigErrors;

    fn try_from(settings: Map<String, Value>) -> Result<Self, Self::Error> {
        Self::read(Fields::from_map(settings, false))
    }
}

/// Delivery settings that suit Amazon `CloudWatch` Logs.
fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 10_000,
        batch_bytes: 1_048_576,
        retry_base_delay: Duration::from_secs(1),
        retry_max_delay: Duration::from_secs(60),
        ..DeliveryConfig::default()
    }
}
