//! What the tests of the Amazon `CloudWatch` Logs sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CloudWatchSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"log_group":"/shop/checkout","region":"eu-central-1"}"#;

fn config(settings: &str) -> CloudWatchSinkConfig {
    CloudWatchSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
