//! What the tests of the Dynatrace sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::DynatraceSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"environment":"abc","api_token":"example-token"}"#;

fn config(settings: &str) -> DynatraceSinkConfig {
    DynatraceSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
