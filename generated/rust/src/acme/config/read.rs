//! Reading the settings of the Acme Logs sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::AcmeSinkConfig;

// Environment variables of each setting; the first that is set counts.
const API_KEY: &[&str] = &["ACME_API_KEY", "ACME_SINK_API_KEY"];
const SITE: &[&str] = &["ACME_SITE", "ACME_SINK_SITE"];
const URL: &[&str] = &["ACME_SINK_URL"];
const TAGS: &[&str] = &["ACME_TAGS", "ACME_SINK_TAGS"];
const SHARDS: &[&str] = &["ACME_SHARDS", "ACME_SINK_SHARDS"];
const COMPRESSION: &[&str] = &["ACME_SINK_COMPRESSION"];

impl AcmeSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let api_key = fields.required("api_key", API_KEY, Fields::secret);
        let mut config = Self::new(api_key);
        fields.over(&mut config.site, "site", SITE, Fields::choice);
        config.url = fields.url("url", URL);
        fields.over(&mut config.tags, "tags", TAGS, Fields::map);
        fields.over(&mut config.shards, "shards", SHARDS, Fields::int);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("ACME_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "api_key", self.api_key.expose());
        check::header_text(&mut errors, "api_key", self.api_key.expose());
        check::at_least(&mut errors, "shards", self.shards, 1);
        check::at_most(&mut errors, "shards", self.shards, 16);
        errors
    }
}
