//! Reading the settings of the Elasticsearch sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::ElasticsearchSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["ELASTICSEARCH_SINK_URL", "ELASTICSEARCH_URL"];
const DATA_STREAM: &[&str] = &["ELASTICSEARCH_SINK_DATA_STREAM"];
const API_KEY: &[&str] = &["ELASTICSEARCH_SINK_API_KEY", "ES_API_KEY"];
const USERNAME: &[&str] = &["ELASTICSEARCH_SINK_USERNAME", "ELASTIC_USERNAME"];
const PASSWORD: &[&str] = &["ELASTICSEARCH_SINK_PASSWORD", "ELASTIC_PASSWORD"];
const PIPELINE: &[&str] = &["ELASTICSEARCH_SINK_PIPELINE"];
const COMPRESSION: &[&str] = &["ELASTICSEARCH_SINK_COMPRESSION"];

impl ElasticsearchSinkConfig {
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
        config.api_key = fields.secret("api_key", API_KEY);
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        config.pipeline = fields.string("pipeline", PIPELINE);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("ELASTICSEARCH_SINK", config.delivery);
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
        check::max_length(&mut errors, "data_stream", &self.data_stream, 255);
        check::only(&mut errors, "data_stream", &self.data_stream, "a-z0-9._-");
        check::not_prefix(&mut errors, "data_stream", &self.data_stream, "-");
        if let Some(value) = &self.api_key {
            check::header_text(&mut errors, "api_key", value.expose());
        }
        if let Some(value) = &self.username {
            check::without(&mut errors, "username", value, ":");
        }
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("username", self.username.is_some()),
        );
        errors
    }
}
