//! Reading the settings of the Cred `cred_google` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::CredGoogleSinkConfig;

// Environment variables of each setting; the first that is set counts.
const KEY_FILE: &[&str] = &["X_KEY_FILE", "CRED_GOOGLE_SINK_KEY_FILE"];
const URL: &[&str] = &["CRED_GOOGLE_URL", "CRED_GOOGLE_SINK_URL"];

impl CredGoogleSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let mut config = Self::new();
        config.key_file = fields.string("key_file", KEY_FILE);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("CRED_GOOGLE_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        ConfigErrors::default()
    }
}
