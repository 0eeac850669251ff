//! What the tests of the Cred `cred_oauth` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CredOauthSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"tenant":"t1","client_id":"c","client_secret":"example-secret"}"#;

fn config(settings: &str) -> CredOauthSinkConfig {
    CredOauthSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
