//! What the tests of the Google Cloud Logging sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::GcpStaticSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"log_name":"projects/p1/logs/fapilog","access_token":"example-token"}"#;

fn config(settings: &str) -> GcpStaticSinkConfig {
    GcpStaticSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
