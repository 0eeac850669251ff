//! What the tests of the New Relic sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::NewRelicSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"license_key":"example-key"}"#;

fn config(settings: &str) -> NewRelicSinkConfig {
    NewRelicSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
