//! What the tests of the Google Cloud Logging sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::GcpLoggingSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"project":"p1","access_token":"example-token"}"#;

fn config(settings: &str) -> GcpLoggingSinkConfig {
    GcpLoggingSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
