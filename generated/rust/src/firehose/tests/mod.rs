//! What the tests of the Amazon Data Firehose sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::FirehoseSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"region":"eu-central-1","stream":"logs"}"#;

fn config(settings: &str) -> FirehoseSinkConfig {
    FirehoseSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
