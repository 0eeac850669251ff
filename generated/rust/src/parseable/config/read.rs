//! Reading the settings of the Parseable sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::ParseableSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["PARSEABLE_URL", "PARSEABLE_SINK_URL"];
const STREAM: &[&str] = &["PARSEABLE_STREAM", "PARSEABLE_SINK_STREAM"];
const USERNAME: &[&str] = &["P_USERNAME", "PARSEABLE_SINK_USERNAME"];
const PASSWORD: &[&str] = &["P_PASSWORD", "PARSEABLE_SINK_PASSWORD"];
const COMPRESSION: &[&str] = &["PARSEABLE_SINK_COMPRESSION"];

impl ParseableSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let password = fields.required("password", PASSWORD, Fields::secret);
        let mut config = Self::new(url, password);
        fields.over(&mut config.stream, "stream", STREAM, Fields::string);
        fields.over(&mut config.username, "username", USERNAME, Fields::string);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("PARSEABLE_SINK", config.delivery);
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
        check::header_text(&mut errors, "stream", &self.stream);
        check::not_empty(&mut errors, "password", self.password.expose());
        errors
    }
}
