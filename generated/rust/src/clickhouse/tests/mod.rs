//! What the tests of the `ClickHouse` sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::ClickhouseSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:8123"}"#;

fn config(settings: &str) -> ClickhouseSinkConfig {
    ClickhouseSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
