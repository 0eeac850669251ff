//! What the tests of the Grafana Loki sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::LokiSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://localhost:3100"}"#;

fn config(settings: &str) -> LokiSinkConfig {
    LokiSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
