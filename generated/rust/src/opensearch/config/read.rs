//! Reading the settings of the `OpenSearch` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::OpensearchSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["ELASTICSEARCH_URL", "OPENSEARCH_SINK_URL"];
const DATA_STREAM: &[&str] = &["ELASTICSEARCH_DATA_STREAM", "OPENSEARCH_SINK_DATA_STREAM"];
const USERNAME: &[&str] = &["ELASTIC_USERNAME", "OPENSEARCH_SINK_USERNAME"];
const PASSWORD: &[&str] = &["ELASTIC_PASSWORD", "OPENSEARCH_SINK_PASSWORD"];
const REGION: &[&str] = &["AWS_REGION", "OPENSEARCH_SINK_REGION"];
const COMPRESSION: &[&str] = &["OPENSEARCH_SINK_COMPRESSION"];

impl OpensearchSinkConfig {
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
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        config.region = fields.string("region", REGION);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("OPENSEARCH_SINK", config.delivery);
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
