//! Reading the settings of the Graylog GELF over HTTP sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::GelfSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["GELF_URL", "GELF_SINK_URL"];
const TOKEN: &[&str] = &["GELF_TOKEN", "GELF_SINK_TOKEN"];
const TOKEN_HEADER: &[&str] = &["GELF_TOKEN_HEADER", "GELF_SINK_TOKEN_HEADER"];
const HOST: &[&str] = &["GELF_HOST", "GELF_SINK_HOST"];
const COMPRESSION: &[&str] = &["GELF_SINK_COMPRESSION"];

impl GelfSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        config.token = fields.secret("token", TOKEN);
        fields.over(
            &mut config.token_header,
            "token_header",
            TOKEN_HEADER,
            Fields::string,
        );
        config.host = fields.string("host", HOST);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("GELF_SINK", config.delivery);
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
        if let Some(value) = &self.token {
            check::header_text(&mut errors, "token", value.expose());
        }
        check::header_text(&mut errors, "token_header", &self.token_header);
        errors
    }
}
