//! What the tests of the Cred `cred_azure` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CredAzureSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = "{}";

fn config(settings: &str) -> CredAzureSinkConfig {
    CredAzureSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
