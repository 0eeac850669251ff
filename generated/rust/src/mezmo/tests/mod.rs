//! What the tests of the Mezmo sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::MezmoSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"key":"example-key","hostname":"web-1"}"#;

fn config(settings: &str) -> MezmoSinkConfig {
    MezmoSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
