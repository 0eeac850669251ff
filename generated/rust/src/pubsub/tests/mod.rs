//! What the tests of the Google Pub/Sub sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::PubsubSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"project":"p1","topic":"logs"}"#;

fn config(settings: &str) -> PubsubSinkConfig {
    PubsubSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
