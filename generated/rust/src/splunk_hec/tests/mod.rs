//! What the tests of the Splunk HEC sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::SplunkHecSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"https://splunk.example.com:8088","token":"example-token"}"#;

fn config(settings: &str) -> SplunkHecSinkConfig {
    SplunkHecSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
