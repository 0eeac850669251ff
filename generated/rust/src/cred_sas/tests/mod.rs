//! What the tests of the Cred `cred_sas` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CredSasSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"hub":"h","key_name":"k","key":"example-key"}"#;

fn config(settings: &str) -> CredSasSinkConfig {
    CredSasSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
