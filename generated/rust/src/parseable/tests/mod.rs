//! What the tests of the Parseable sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::ParseableSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:8000","password":"example-pw"}"#;

fn config(settings: &str) -> ParseableSinkConfig {
    ParseableSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
