//! What the tests of the Graylog GELF over HTTP sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::GelfSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:12201","host":"web-1"}"#;

fn config(settings: &str) -> GelfSinkConfig {
    GelfSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
