//! Reading the settings of the `VictoriaLogs` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::VictorialogsSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["VICTORIALOGS_URL", "VICTORIALOGS_SINK_URL"];
const USERNAME: &[&str] = &["VICTORIALOGS_USERNAME", "VICTORIALOGS_SINK_USERNAME"];
const PASSWORD: &[&str] = &["VICTORIALOGS_PASSWORD", "VICTORIALOGS_SINK_PASSWORD"];
const ACCOUNT_ID: &[&str] = &["VICTORIALOGS_ACCOUNT_ID", "VICTORIALOGS_SINK_ACCOUNT_ID"];
const PROJECT_ID: &[&str] = &["VICTORIALOGS_PROJECT_ID", "VICTORIALOGS_SINK_PROJECT_ID"];
const STREAM_FIELDS: &[&str] = &[
    "VICTORIALOGS_STREAM_FIELDS",
    "VICTORIALOGS_SINK_STREAM_FIELDS",
];
const EXTRA_FIELDS: &[&str] = &[
    "VICTORIALOGS_EXTRA_FIELDS",
    "VICTORIALOGS_SINK_EXTRA_FIELDS",
];
const COMPRESSION: &[&str] = &["VICTORIALOGS_SINK_COMPRESSION"];

impl VictorialogsSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        config.account_id = fields.int("account_id", ACCOUNT_ID);
        config.project_id = fields.int("project_id", PROJECT_ID);
        fields.over(
            &mut config.stream_fields,
            "stream_fields",
            STREAM_FIELDS,
            Fields::string,
        );
        config.extra_fields = fields.string("extra_fields", EXTRA_FIELDS);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("VICTORIALOGS_SINK", config.delivery);
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
        if let Some(value) = self.account_id {
            check::at_least(&mut errors, "account_id", value, 0);
        }
        if let Some(value) = self.project_id {
            check::at_least(&mut errors, "project_id", value, 0);
        }
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("username", self.username.is_some()),
        );
        errors
    }
}
