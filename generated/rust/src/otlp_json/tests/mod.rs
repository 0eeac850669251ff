//! What the tests of the OTLP over HTTP sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::OtlpJsonSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:4318"}"#;

fn config(settings: &str) -> OtlpJsonSinkConfig {
    OtlpJsonSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
