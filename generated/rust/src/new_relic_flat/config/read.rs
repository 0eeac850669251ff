//! Reading the settings of the New Relic sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::NewRelicFlatSinkConfig;

// Environment variables of each setting; the first that is set counts.
const LICENSE_KEY: &[&str] = &["NEW_RELIC_LICENSE_KEY", "NEW_RELIC_FLAT_SINK_LICENSE_KEY"];
const REGION: &[&str] = &["NEW_RELIC_REGION", "NEW_RELIC_FLAT_SINK_REGION"];
const URL: &[&str] = &["NEW_RELIC_LOG_URL", "NEW_RELIC_FLAT_SINK_URL"];
const SERVICE: &[&str] = &["NEW_RELIC_APP_NAME", "NEW_RELIC_FLAT_SINK_SERVICE"];
const LOGTYPE: &[&str] = &["NEW_RELIC_LOGTYPE", "NEW_RELIC_FLAT_SINK_LOGTYPE"];
const COMPRESSION: &[&str] = &["NEW_RELIC_FLAT_SINK_COMPRESSION"];

impl NewRelicFlatSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let license_key = fields.required("license_key", LICENSE_KEY, Fields::secret);
        let mut config = Self::new(license_key);
        fields.over(&mut config.region, "region", REGION, Fields::choice);
        config.url = fields.url("url", URL);
        config.service = fields.string("service", SERVICE);
        fields.over(&mut config.logtype, "logtype", LOGTYPE, Fields::string);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("NEW_RELIC_FLAT_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "license_key", self.license_key.expose());
        check::header_text(&mut errors, "license_key", self.license_key.expose());
        errors
    }
}
