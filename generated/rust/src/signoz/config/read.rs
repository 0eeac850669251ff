//! Reading the settings of the `SigNoz` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::SignozSinkConfig;

// Environment variables of each setting; the first that is set counts.
const KEY: &[&str] = &["SIGNOZ_INGESTION_KEY", "SIGNOZ_SINK_KEY"];
const REGION: &[&str] = &["SIGNOZ_REGION", "SIGNOZ_SINK_REGION"];
const URL: &[&str] = &["SIGNOZ_URL", "SIGNOZ_SINK_URL"];
const COMPRESSION: &[&str] = &["SIGNOZ_SINK_COMPRESSION"];

impl SignozSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let mut config = Self::new();
        config.key = fields.secret("key", KEY);
        fields.over(&mut config.region, "region", REGION, Fields::choice);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("SIGNOZ_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        if let Some(value) = &self.key {
            check::header_text(&mut errors, "key", value.expose());
        }
        errors
    }
}
