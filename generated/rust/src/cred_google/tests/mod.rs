//! What the tests of the Cred `cred_google` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CredGoogleSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = "{}";

fn config(settings: &str) -> CredGoogleSinkConfig {
    CredGoogleSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
