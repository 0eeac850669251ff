//! Reading the settings of the Sumo Logic sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::SumoStringSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["SUMO_URL", "SUMO_STRING_SINK_URL"];
const CODE: &[&str] = &["SUMO_CODE", "SUMO_STRING_SINK_CODE"];
const CATEGORY: &[&str] = &["SUMO_CATEGORY", "SUMO_STRING_SINK_CATEGORY"];
const HOST: &[&str] = &["SUMO_HOST", "SUMO_STRING_SINK_HOST"];
const NAME: &[&str] = &["SUMO_NAME", "SUMO_STRING_SINK_NAME"];
const FIELDS: &[&str] = &["SUMO_FIELDS", "SUMO_STRING_SINK_FIELDS"];
const COMPRESSION: &[&str] = &["SUMO_STRING_SINK_COMPRESSION"];

impl SumoStringSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let code = fields.required("code", CODE, Fields::secret);
        let mut config = Self::new(url, code);
        config.category = fields.string("category", CATEGORY);
        config.host = fields.string("host", HOST);
        config.name = fields.string("name", NAME);
        config.fields = fields.string("fields", FIELDS);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("SUMO_STRING_SINK", config.delivery);
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
        check::min_length(&mut errors, "code", self.code.expose(), 1);
        if let Some(value) = &self.category {
            check::header_text(&mut errors, "category", value);
        }
        if let Some(value) = &self.host {
            check::header_text(&mut errors, "host", value);
        }
        if let Some(value) = &self.name {
            check::header_text(&mut errors, "name", value);
        }
        if let Some(value) = &self.fields {
            check::header_text(&mut errors, "fields", value);
        }
        errors
    }
}
