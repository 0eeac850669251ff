//! What the tests of the `VictoriaLogs` sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::VictorialogsSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:9428","account_id":0}"#;

fn config(settings: &str) -> VictorialogsSinkConfig {
    VictorialogsSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
