//! Reading the settings of the Coralogix sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::CoralogixSinkConfig;

// Environment variables of each setting; the first that is set counts.
const PRIVATE_KEY: &[&str] = &["CORALOGIX_PRIVATE_KEY", "CORALOGIX_SINK_PRIVATE_KEY"];
const DOMAIN: &[&str] = &["CORALOGIX_DOMAIN", "CORALOGIX_SINK_DOMAIN"];
const URL: &[&str] = &["CORALOGIX_LOG_URL", "CORALOGIX_SINK_URL"];
const APPLICATION: &[&str] = &["CORALOGIX_APP_NAME", "CORALOGIX_SINK_APPLICATION"];
const SUBSYSTEM: &[&str] = &["CORALOGIX_SUB_SYSTEM", "CORALOGIX_SINK_SUBSYSTEM"];
const COMPRESSION: &[&str] = &["CORALOGIX_SINK_COMPRESSION"];

impl CoralogixSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let private_key = fields.required("private_key", PRIVATE_KEY, Fields::secret);
        let mut config = Self::new(private_key);
        fields.over(&mut config.domain, "domain", DOMAIN, Fields::string);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.application,
            "application",
            APPLICATION,
            Fields::string,
        );
        config.subsystem = fields.string("subsystem", SUBSYSTEM);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("CORALOGIX_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "private_key", self.private_key.expose());
        check::header_text(&mut errors, "private_key", self.private_key.expose());
        check::min_length(&mut errors, "domain", &self.domain, 1);
        errors
    }
}
