//! What the tests of the Amazon SQS sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::SqsSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str =
    r#"{"region":"eu-central-1","queue_url":"https://sqs.eu-central-1.amazonaws.com/1/logs"}"#;

fn config(settings: &str) -> SqsSinkConfig {
    SqsSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
