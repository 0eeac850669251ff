//! What the tests of the Better Stack sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::BetterStackSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str =
    r#"{"source_token":"example-token","host":"s1.eu-nbg-2.betterstackdata.com"}"#;

fn config(settings: &str) -> BetterStackSinkConfig {
    BetterStackSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
