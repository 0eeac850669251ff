//! What the tests of the Minimal Logs sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::MinimalSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"api_key":"example-api-key"}"#;

fn config(settings: &str) -> MinimalSinkConfig {
    MinimalSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
