//! Reading the settings of the Minimal Logs sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::MinimalSinkConfig;

// Environment variables of each setting; the first that is set counts.
const API_KEY: &[&str] = &["MINIMAL_API_KEY", "MINIMAL_SINK_API_KEY"];
const URL: &[&str] = &["MINIMAL_URL", "MINIMAL_SINK_URL"];

impl MinimalSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let api_key = fields.required("api_key", API_KEY, Fields::secret);
        let mut config = Self::new(api_key);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("MINIMAL_SINK", config.delivery);
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
        errors
    }
}
