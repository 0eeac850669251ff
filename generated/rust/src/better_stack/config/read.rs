//! Reading the settings of the Better Stack sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::BetterStackSinkConfig;

// Environment variables of each setting; the first that is set counts.
const SOURCE_TOKEN: &[&str] = &["BETTERSTACK_SOURCE_TOKEN", "BETTER_STACK_SINK_SOURCE_TOKEN"];
const HOST: &[&str] = &["BETTERSTACK_INGESTING_HOST", "BETTER_STACK_SINK_HOST"];
const URL: &[&str] = &["BETTERSTACK_URL", "BETTER_STACK_SINK_URL"];
const COMPRESSION: &[&str] = &["BETTER_STACK_SINK_COMPRESSION"];

impl BetterStackSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let source_token = fields.required("source_token", SOURCE_TOKEN, Fields::secret);
        let host = fields.required("host", HOST, Fields::string);
        let mut config = Self::new(source_token, host);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("BETTER_STACK_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "source_token", self.source_token.expose());
        check::header_text(&mut errors, "source_token", self.source_token.expose());
        check::min_length(&mut errors, "host", &self.host, 1);
        check::only(&mut errors, "host", &self.host, "A-Za-z0-9.-");
        errors
    }
}
