//! What the tests of the Logz.io sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::LogzioSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"token":"example-token","region":"eu"}"#;

fn config(settings: &str) -> LogzioSinkConfig {
    LogzioSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
