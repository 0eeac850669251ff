//! Reading the settings of the Mezmo sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::MezmoSinkConfig;

// Environment variables of each setting; the first that is set counts.
const KEY: &[&str] = &["LOGDNA_API_KEY", "MEZMO_SINK_KEY"];
const HOSTNAME: &[&str] = &["MEZMO_HOSTNAME", "MEZMO_SINK_HOSTNAME"];
const TAGS: &[&str] = &["MEZMO_TAGS", "MEZMO_SINK_TAGS"];
const APP: &[&str] = &["MEZMO_APP", "MEZMO_SINK_APP"];
const URL: &[&str] = &["MEZMO_URL", "MEZMO_SINK_URL"];

impl MezmoSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let key = fields.required("key", KEY, Fields::secret);
        let hostname = fields.required("hostname", HOSTNAME, Fields::string);
        let mut config = Self::new(key, hostname);
        config.tags = fields.string("tags", TAGS);
        fields.over(&mut config.app, "app", APP, Fields::string);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("MEZMO_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "key", self.key.expose());
        check::not_empty(&mut errors, "hostname", &self.hostname);
        errors
    }
}
