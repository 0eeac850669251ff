//! What the tests of the Honeycomb sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::HoneycombSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"api_key":"example-api-key","dataset":"shop"}"#;

fn config(settings: &str) -> HoneycombSinkConfig {
    HoneycombSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
