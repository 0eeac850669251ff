//! Reading the settings of the Quickwit sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::QuickwitSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["QUICKWIT_URL", "QUICKWIT_SINK_URL"];
const INDEX: &[&str] = &["QUICKWIT_INDEX", "QUICKWIT_SINK_INDEX"];
const COMMIT: &[&str] = &["QUICKWIT_COMMIT", "QUICKWIT_SINK_COMMIT"];
const COMPRESSION: &[&str] = &["QUICKWIT_SINK_COMPRESSION"];

impl QuickwitSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        fields.over(&mut config.index, "index", INDEX, Fields::string);
        fields.over(&mut config.commit, "commit", COMMIT, Fields::choice);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("QUICKWIT_SINK", config.delivery);
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
        check::min_length(&mut errors, "index", &self.index, 1);
        errors
    }
}
