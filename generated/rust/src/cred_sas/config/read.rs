//! Reading the settings of the Cred `cred_sas` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::CredSasSinkConfig;

// Environment variables of each setting; the first that is set counts.
const HUB: &[&str] = &["X_HUB", "CRED_SAS_SINK_HUB"];
const KEY_NAME: &[&str] = &["X_KEY_NAME", "CRED_SAS_SINK_KEY_NAME"];
const KEY: &[&str] = &["X_KEY", "CRED_SAS_SINK_KEY"];
const URL: &[&str] = &["CRED_SAS_URL", "CRED_SAS_SINK_URL"];

impl CredSasSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let hub = fields.required("hub", HUB, Fields::string);
        let key_name = fields.required("key_name", KEY_NAME, Fields::string);
        let key = fields.required("key", KEY, Fields::secret);
        let mut config = Self::new(hub, key_name, key);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("CRED_SAS_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "hub", &self.hub);
        check::not_empty(&mut errors, "key_name", &self.key_name);
        check::not_empty(&mut errors, "key", self.key.expose());
        errors
    }
}
