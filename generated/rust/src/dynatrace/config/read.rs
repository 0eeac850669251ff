//! Reading the settings of the Dynatrace sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::DynatraceSinkConfig;

// Environment variables of each setting; the first that is set counts.
const ENVIRONMENT: &[&str] = &["DT_ENVIRONMENT", "DYNATRACE_SINK_ENVIRONMENT"];
const API_TOKEN: &[&str] = &["DT_API_TOKEN", "DYNATRACE_SINK_API_TOKEN"];
const PLATFORM_TOKEN: &[&str] = &["DT_PLATFORM_TOKEN", "DYNATRACE_SINK_PLATFORM_TOKEN"];
const URL: &[&str] = &["DT_API_URL", "DYNATRACE_SINK_URL"];
const ATTRIBUTES: &[&str] = &["DT_ATTRIBUTES", "DYNATRACE_SINK_ATTRIBUTES"];
const COMPRESSION: &[&str] = &["DYNATRACE_SINK_COMPRESSION"];

impl DynatraceSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let environment = fields.required("environment", ENVIRONMENT, Fields::string);
        let mut config = Self::new(environment);
        config.api_token = fields.secret("api_token", API_TOKEN);
        config.platform_token = fields.secret("platform_token", PLATFORM_TOKEN);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.attributes,
            "attributes",
            ATTRIBUTES,
            Fields::map,
        );
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("DYNATRACE_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "environment", &self.environment, 1);
        check::only(&mut errors, "environment", &self.environment, "A-Za-z0-9-");
        if let Some(value) = &self.api_token {
            check::header_text(&mut errors, "api_token", value.expose());
        }
        if let Some(value) = &self.platform_token {
            check::header_text(&mut errors, "platform_token", value.expose());
        }
        check::one_of_set(
            &mut errors,
            &[
                ("api_token", self.api_token.is_some()),
                ("platform_token", self.platform_token.is_some()),
            ],
        );
        errors
    }
}
