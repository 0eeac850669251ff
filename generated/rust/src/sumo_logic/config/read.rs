//! Reading the settings of the Sumo Logic sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::SumoLogicSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["SUMO_URL", "SUMO_LOGIC_SINK_URL"];
const CATEGORY: &[&str] = &["SUMO_CATEGORY", "SUMO_LOGIC_SINK_CATEGORY"];
const HOST: &[&str] = &["SUMO_HOST", "SUMO_LOGIC_SINK_HOST"];
const NAME: &[&str] = &["SUMO_NAME", "SUMO_LOGIC_SINK_NAME"];
const FIELDS: &[&str] = &["SUMO_FIELDS", "SUMO_LOGIC_SINK_FIELDS"];
const COMPRESSION: &[&str] = &["SUMO_LOGIC_SINK_COMPRESSION"];

impl SumoLogicSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::secret_url);
        let mut config = Self::new(url);
        config.category = fields.string("category", CATEGORY);
        config.host = fields.string("host", HOST);
        config.name = fields.string("name", NAME);
        fields.over(&mut config.fields, "fields", FIELDS, Fields::map);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("SUMO_LOGIC_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "url", self.url.expose());
        if let Some(value) = &self.category {
            check::header_text(&mut errors, "category", value);
        }
        if let Some(value) = &self.host {
            check::header_text(&mut errors, "host", value);
        }
        if let Some(value) = &self.name {
            check::header_text(&mut errors, "name", value);
        }
        errors
    }
}
