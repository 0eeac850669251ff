//! Reading the settings of the Google Cloud Logging sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::GcpStaticSinkConfig;

// Environment variables of each setting; the first that is set counts.
const LOG_NAME: &[&str] = &["GCP_LOG_NAME", "GCP_STATIC_SINK_LOG_NAME"];
const ACCESS_TOKEN: &[&str] = &["GCP_ACCESS_TOKEN", "GCP_STATIC_SINK_ACCESS_TOKEN"];
const URL: &[&str] = &["GCP_LOGGING_URL", "GCP_STATIC_SINK_URL"];
const LABELS: &[&str] = &["GCP_LABELS", "GCP_STATIC_SINK_LABELS"];
const COMPRESSION: &[&str] = &["GCP_STATIC_SINK_COMPRESSION"];

impl GcpStaticSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let log_name = fields.required("log_name", LOG_NAME, Fields::string);
        let mut config = Self::new(log_name);
        config.access_token = fields.secret("access_token", ACCESS_TOKEN);
        config.url = fields.url("url", URL);
        fields.over(&mut config.labels, "labels", LABELS, Fields::map);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("GCP_STATIC_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "log_name", &self.log_name);
        if let Some(value) = &self.access_token {
            check::header_text(&mut errors, "access_token", value.expose());
        }
        check::one_of_set(
            &mut errors,
            &[("access_token", self.access_token.is_some())],
        );
        errors
    }
}
