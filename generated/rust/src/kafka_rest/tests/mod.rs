//! What the tests of the Kafka REST proxy sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::KafkaRestSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://127.0.0.1:8082","topic":"logs"}"#;

fn config(settings: &str) -> KafkaRestSinkConfig {
    KafkaRestSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
