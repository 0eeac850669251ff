//! Reading the settings of the Amazon SQS sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::SqsSinkConfig;

// Environment variables of each setting; the first that is set counts.
const REGION: &[&str] = &["AWS_REGION", "SQS_SINK_REGION"];
const QUEUE_URL: &[&str] = &["SQS_QUEUE_URL", "SQS_SINK_QUEUE_URL"];
const URL: &[&str] = &["AWS_ENDPOINT_URL_SQS", "SQS_SINK_URL"];

impl SqsSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let region = fields.required("region", REGION, Fields::string);
        let queue_url = fields.required("queue_url", QUEUE_URL, Fields::string);
        let mut config = Self::new(region, queue_url);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("SQS_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "region", &self.region, 1);
        check::not_empty(&mut errors, "queue_url", &self.queue_url);
        errors
    }
}
