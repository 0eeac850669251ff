//! What the tests of the Quickwit sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::QuickwitSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:7280"}"#;

fn config(settings: &str) -> QuickwitSinkConfig {
    QuickwitSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
