//! Reading the settings of the Cred `cred_azure` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::CredAzureSinkConfig;

// Environment variables of each setting; the first that is set counts.
const TENANT: &[&str] = &["X_TENANT", "CRED_AZURE_SINK_TENANT"];
const CLIENT: &[&str] = &["X_CLIENT", "CRED_AZURE_SINK_CLIENT"];
const CLIENT_SECRET: &[&str] = &["X_CLIENT_SECRET", "CRED_AZURE_SINK_CLIENT_SECRET"];
const URL: &[&str] = &["CRED_AZURE_URL", "CRED_AZURE_SINK_URL"];

impl CredAzureSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let mut config = Self::new();
        config.tenant = fields.string("tenant", TENANT);
        config.client = fields.string("client", CLIENT);
        config.client_secret = fields.secret("client_secret", CLIENT_SECRET);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("CRED_AZURE_SINK", config.delivery);
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
