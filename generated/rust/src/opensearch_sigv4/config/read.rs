//! Reading the settings of the `OpenSearch` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::OpensearchSigv4SinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["OPENSEARCH_URL", "OPENSEARCH_SIGV4_SINK_URL"];
const DATA_STREAM: &[&str] = &[
    "OPENSEARCH_DATA_STREAM",
    "OPENSEARCH_SIGV4_SINK_DATA_STREAM",
];
const REGION: &[&str] = &["AWS_REGION", "OPENSEARCH_SIGV4_SINK_REGION"];
const USERNAME: &[&str] = &["OPENSEARCH_USERNAME", "OPENSEARCH_SIGV4_SINK_USERNAME"];
const PASSWORD: &[&str] = &["OPENSEARCH_PASSWORD", "OPENSEARCH_SIGV4_SINK_PASSWORD"];
const COMPRESSION: &[&str] = &["OPENSEARCH_SIGV4_SINK_COMPRESSION"];

impl OpensearchSigv4SinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        fields.over(
            &mut config.data_stream,
            "data_stream",
            DATA_STREAM,
            Fields::string,
        );
        config.region = fields.string("region", REGION);
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("OPENSEARCH_SIGV4_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "url", &self.url);
        check::min_length(&mut errors, "data_stream", &self.data_stream, 1);
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("username", self.username.is_some()),
        );
        errors
    }
}
