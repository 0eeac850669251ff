//! Reading the settings of the `OpenObserve` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::OpenobserveSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["OPENOBSERVE_URL", "OPENOBSERVE_SINK_URL"];
const ORG: &[&str] = &["OPENOBSERVE_ORG", "OPENOBSERVE_SINK_ORG"];
const STREAM: &[&str] = &["OPENOBSERVE_STREAM", "OPENOBSERVE_SINK_STREAM"];
const USERNAME: &[&str] = &["OPENOBSERVE_USER", "OPENOBSERVE_SINK_USERNAME"];
const PASSWORD: &[&str] = &["OPENOBSERVE_PASSWORD", "OPENOBSERVE_SINK_PASSWORD"];
const COMPRESSION: &[&str] = &["OPENOBSERVE_SINK_COMPRESSION"];

impl OpenobserveSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let username = fields.required("username", USERNAME, Fields::string);
        let password = fields.required("password", PASSWORD, Fields::secret);
        let mut config = Self::new(url, username, password);
        fields.over(&mut config.org, "org", ORG, Fields::string);
        fields.over(&mut config.stream, "stream", STREAM, Fields::string);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("OPENOBSERVE_SINK", config.delivery);
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
        check::min_length(&mut errors, "org", &self.org, 1);
        check::min_length(&mut errors, "stream", &self.stream, 1);
        check::not_empty(&mut errors, "username", &self.username);
        check::not_empty(&mut errors, "password", self.password.expose());
        errors
    }
}
