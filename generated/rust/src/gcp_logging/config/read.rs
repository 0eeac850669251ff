//! Reading the settings of the Google Cloud Logging sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::GcpLoggingSinkConfig;

// Environment variables of each setting; the first that is set counts.
const PROJECT: &[&str] = &["GOOGLE_CLOUD_PROJECT", "GCP_LOGGING_SINK_PROJECT"];
const LOG_ID: &[&str] = &["GCP_LOG_ID", "GCP_LOGGING_SINK_LOG_ID"];
const CREDENTIALS: &[&str] = &[
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GCP_LOGGING_SINK_CREDENTIALS",
];
const ACCESS_TOKEN: &[&str] = &["GCP_ACCESS_TOKEN", "GCP_LOGGING_SINK_ACCESS_TOKEN"];
const URL: &[&str] = &["GCP_LOGGING_URL", "GCP_LOGGING_SINK_URL"];
const LABELS: &[&str] = &["GCP_LABELS", "GCP_LOGGING_SINK_LABELS"];
const COMPRESSION: &[&str] = &["GCP_LOGGING_SINK_COMPRESSION"];

impl GcpLoggingSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let project = fields.required("project", PROJECT, Fields::string);
        let mut config = Self::new(project);
        fields.over(&mut config.log_id, "log_id", LOG_ID, Fields::string);
        config.credentials = fields.string("credentials", CREDENTIALS);
        config.access_token = fields.secret("access_token", ACCESS_TOKEN);
        config.url = fields.url("url", URL);
        fields.over(&mut config.labels, "labels", LABELS, Fields::map);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("GCP_LOGGING_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "project", &self.project);
        if let Some(value) = &self.access_token {
            check::header_text(&mut errors, "access_token", value.expose());
        }
        errors
    }
}
