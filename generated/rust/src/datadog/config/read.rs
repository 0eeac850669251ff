//! Reading the settings of the Datadog sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::DatadogSinkConfig;

// Environment variables of each setting; the first that is set counts.
const API_KEY: &[&str] = &["DATADOG_SINK_API_KEY", "DD_API_KEY"];
const SITE: &[&str] = &["DATADOG_SINK_SITE", "DD_SITE"];
const URL: &[&str] = &["DATADOG_SINK_URL"];
const SERVICE: &[&str] = &["DATADOG_SINK_SERVICE", "DD_SERVICE"];
const SOURCE: &[&str] = &["DATADOG_SINK_SOURCE", "DD_SOURCE"];
const HOSTNAME: &[&str] = &["DATADOG_SINK_HOSTNAME", "DD_HOSTNAME"];
const TAGS: &[&str] = &["DATADOG_SINK_TAGS", "DD_TAGS"];
const COMPRESSION: &[&str] = &["DATADOG_SINK_COMPRESSION"];

impl DatadogSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let api_key = fields.required("api_key", API_KEY, Fields::secret);
        let mut config = Self::new(api_key);
        fields.over(&mut config.site, "site", SITE, Fields::choice);
        config.url = fields.url("url", URL);
        config.service = fields.string("service", SERVICE);
        fields.over(&mut config.source, "source", SOURCE, Fields::string);
        config.hostname = fields.string("hostname", HOSTNAME);
        fields.over(&mut config.tags, "tags", TAGS, Fields::words);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("DATADOG_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "api_key", self.api_key.expose());
        check::header_text(&mut errors, "api_key", self.api_key.expose());
        check::min_length(&mut errors, "source", &self.source, 1);
        errors
    }
}
