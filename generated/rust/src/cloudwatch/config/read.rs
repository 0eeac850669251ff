//! Reading the settings of the Amazon `CloudWatch` Logs sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::CloudWatchSinkConfig;

// Environment variables of each setting; the first that is set counts.
const LOG_GROUP: &[&str] = &["CLOUDWATCH_SINK_LOG_GROUP", "CLOUDWATCH_LOG_GROUP"];
const LOG_STREAM: &[&str] = &["CLOUDWATCH_SINK_LOG_STREAM", "CLOUDWATCH_LOG_STREAM"];
const REGION: &[&str] = &["CLOUDWATCH_SINK_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"];
const ENDPOINT_URL: &[&str] = &[
    "CLOUDWATCH_SINK_ENDPOINT_URL",
    "CLOUDWATCH_SINK_URL",
    "AWS_ENDPOINT_URL_CLOUDWATCH_LOGS",
    "AWS_ENDPOINT_URL",
];
const CREATE_LOG_GROUP: &[&str] = &["CLOUDWATCH_SINK_CREATE_LOG_GROUP"];
const CREATE_LOG_STREAM: &[&str] = &["CLOUDWATCH_SINK_CREATE_LOG_STREAM"];
const RETENTION_DAYS: &[&str] = &[
    "CLOUDWATCH_SINK_RETENTION_DAYS",
    "CLOUDWATCH_RETENTION_DAYS",
];

impl CloudWatchSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let log_group = fields.required("log_group", LOG_GROUP, Fields::string);
        let mut config = Self::new(log_group);
        fields.over(
            &mut config.log_stream,
            "log_stream",
            LOG_STREAM,
            Fields::string,
        );
        config.region = fields.string("region", REGION);
        config.endpoint_url = fields.url("endpoint_url", ENDPOINT_URL);
        fields.over(
            &mut config.create_log_group,
            "create_log_group",
            CREATE_LOG_GROUP,
            Fields::bool,
        );
        fields.over(
            &mut config.create_log_stream,
            "create_log_stream",
            CREATE_LOG_STREAM,
            Fields::bool,
        );
        config.retention_days = fields.int("retention_days", RETENTION_DAYS);
        config.delivery = fields.delivery("CLOUDWATCH_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "log_group", &self.log_group, 1);
        check::max_length(&mut errors, "log_group", &self.log_group, 512);
        check::only(&mut errors, "log_group", &self.log_group, "A-Za-z0-9._/#-");
        check::not_prefix(&mut errors, "log_group", &self.log_group, "aws/");
        check::min_length(&mut errors, "log_stream", &self.log_stream, 1);
        check::max_length(&mut errors, "log_stream", &self.log_stream, 512);
        check::without(&mut errors, "log_stream", &self.log_stream, ":*");
        if let Some(value) = &self.region {
            check::min_length(&mut errors, "region", value, 1);
            check::only(&mut errors, "region", value, "a-z0-9-");
        }
        if let Some(value) = self.retention_days {
            check::one_of(
                &mut errors,
                "retention_days",
                value,
                &[
                    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827,
                    2_192, 2_557, 2_922, 3_288, 3_653,
                ],
            );
        }
        errors
    }
}
