//! Reading the settings of the Logz.io sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::LogzioSinkConfig;

// Environment variables of each setting; the first that is set counts.
const TOKEN: &[&str] = &["LOGZIO_TOKEN", "LOGZIO_SINK_TOKEN"];
const LOG_TYPE: &[&str] = &["LOGZIO_TYPE", "LOGZIO_SINK_LOG_TYPE"];
const REGION: &[&str] = &["LOGZIO_REGION", "LOGZIO_SINK_REGION"];
const URL: &[&str] = &["LOGZIO_LISTENER", "LOGZIO_SINK_URL"];
const COMPRESSION: &[&str] = &["LOGZIO_SINK_COMPRESSION"];

impl LogzioSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let token = fields.required("token", TOKEN, Fields::secret);
        let mut config = Self::new(token);
        fields.over(&mut config.log_type, "log_type", LOG_TYPE, Fields::string);
        fields.over(&mut config.region, "region", REGION, Fields::choice);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("LOGZIO_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "token", self.token.expose());
        errors
    }
}
