//! What the tests of the Odd Names sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::OddNamesSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"kind":"t","fields":"f","encoder":"a-b"}"#;

fn config(settings: &str) -> OddNamesSinkConfig {
    OddNamesSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
