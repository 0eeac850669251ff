//! Reading the settings of the Cred `cred_oauth` sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::CredOauthSinkConfig;

// Environment variables of each setting; the first that is set counts.
const TENANT: &[&str] = &["X_TENANT", "CRED_OAUTH_SINK_TENANT"];
const CLIENT_ID: &[&str] = &["X_CLIENT_ID", "CRED_OAUTH_SINK_CLIENT_ID"];
const CLIENT_SECRET: &[&str] = &["X_CLIENT_SECRET", "CRED_OAUTH_SINK_CLIENT_SECRET"];
const URL: &[&str] = &["CRED_OAUTH_URL", "CRED_OAUTH_SINK_URL"];

impl CredOauthSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let tenant = fields.required("tenant", TENANT, Fields::string);
        let client_id = fields.required("client_id", CLIENT_ID, Fields::string);
        let client_secret = fields.required("client_secret", CLIENT_SECRET, Fields::secret);
        let mut config = Self::new(tenant, client_id, client_secret);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("CRED_OAUTH_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "tenant", &self.tenant);
        check::not_empty(&mut errors, "client_id", &self.client_id);
        check::not_empty(&mut errors, "client_secret", self.client_secret.expose());
        errors
    }
}
