//! Settings of the Amazon `CloudWatch` Logs sink.

use std::time::Duration;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::cloud_sink_base::{ConfigErrors, DeliveryConfig, Fields};
use super::super::cloud_sink_parts::check;

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
    /// Days that a group created by this sink keeps its events: 1, 3, 5, 7, 14, 30, 60, 90, 120,
    /// 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653. Not set: for ever.
    /// An existing group is left as it is.
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
        self.problems().into_result()
    }

    fn problems(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "log_group", &self.log_group, 1);
        check::max_length(&mut errors, "log_group", &self.log_group, 512);
        check::only(&mut errors, "log_group", &self.log_group, "A-Za-z0-9._/#-");
        check::not_prefix(&mut errors, "log_group", &self.log_group, "aws/");
        check::min_length(&mut errors, "log_stream", &self.log_stream, 1);
        check::max_length(&mut errors, "log_stream", &self.log_stream, 512);
        check::without(&mut errors, "log_stream", &self.log_stream, ":*");
        if let Some(region) = &self.region {
            check::min_length(&mut errors, "region", region, 1);
            check::only(&mut errors, "region", region, "a-z0-9-");
        }
        if let Some(retention_days) = self.retention_days {
            check::at_least(&mut errors, "retention_days", retention_days, 1);
            check::at_most(&mut errors, "retention_days", retention_days, 3653);
        }
        errors
    }

    fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let log_group = fields.string(
            "log_group",
            &["CLOUDWATCH_SINK_LOG_GROUP", "CLOUDWATCH_LOG_GROUP"],
        );
        let log_stream = fields.string(
            "log_stream",
            &["CLOUDWATCH_SINK_LOG_STREAM", "CLOUDWATCH_LOG_STREAM"],
        );
        let region = fields.string(
            "region",
            &["CLOUDWATCH_SINK_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"],
        );
        let endpoint_url = fields.url(
            "endpoint_url",
            &[
                "CLOUDWATCH_SINK_ENDPOINT_URL",
                "CLOUDWATCH_SINK_URL",
                "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
                "AWS_ENDPOINT_URL",
            ],
        );
        let create_log_group =
            fields.bool("create_log_group", &["CLOUDWATCH_SINK_CREATE_LOG_GROUP"]);
        let create_log_stream =
            fields.bool("create_log_stream", &["CLOUDWATCH_SINK_CREATE_LOG_STREAM"]);
        let retention_days = fields.int(
            "retention_days",
            &[
                "CLOUDWATCH_SINK_RETENTION_DAYS",
                "CLOUDWATCH_RETENTION_DAYS",
            ],
        );
        let log_group = fields.required(
            "log_group",
            log_group,
            &["CLOUDWATCH_SINK_LOG_GROUP", "CLOUDWATCH_LOG_GROUP"],
        );
        let mut config = Self::new(log_group);
        config.log_stream = log_stream.unwrap_or(config.log_stream);
        config.region = region;
        config.endpoint_url = endpoint_url;
        config.create_log_group = create_log_group.unwrap_or(config.create_log_group);
        config.create_log_stream = create_log_stream.unwrap_or(config.create_log_stream);
        config.retention_days = retention_days;
        config.delivery = fields.delivery("CLOUDWATCH_SINK", config.delivery);
        for problem in config.problems().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
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
