//! Reading the settings of the `AppSignal` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::AppsignalSinkConfig;

// Environment variables of each setting; the first that is set counts.
const PUSH_KEY: &[&str] = &["APPSIGNAL_PUSH_API_KEY", "APPSIGNAL_SINK_PUSH_KEY"];
const URL: &[&str] = &["APPSIGNAL_URL", "APPSIGNAL_SINK_URL"];
const COMPRESSION: &[&str] = &["APPSIGNAL_SINK_COMPRESSION"];

impl AppsignalSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let push_key = fields.required("push_key", PUSH_KEY, Fields::secret);
        let mut config = Self::new(push_key);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("APPSIGNAL_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "push_key", self.push_key.expose());
        check::header_text(&mut errors, "push_key", self.push_key.expose());
        errors
    }
}
