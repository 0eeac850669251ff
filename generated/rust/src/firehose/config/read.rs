//! Reading the settings of the Amazon Data Firehose sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::FirehoseSinkConfig;

// Environment variables of each setting; the first that is set counts.
const REGION: &[&str] = &["AWS_REGION", "FIREHOSE_SINK_REGION"];
const STREAM: &[&str] = &["FIREHOSE_STREAM", "FIREHOSE_SINK_STREAM"];
const URL: &[&str] = &["AWS_ENDPOINT_URL_FIREHOSE", "FIREHOSE_SINK_URL"];

impl FirehoseSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let region = fields.required("region", REGION, Fields::string);
        let stream = fields.required("stream", STREAM, Fields::string);
        let mut config = Self::new(region, stream);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("FIREHOSE_SINK", config.delivery);
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
        check::not_empty(&mut errors, "stream", &self.stream);
        errors
    }
}
