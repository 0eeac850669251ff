//! What the tests of the `OpenSearch` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::OpensearchSigv4SinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"https://es.example.com:9200"}"#;

fn config(settings: &str) -> OpensearchSigv4SinkConfig {
    OpensearchSigv4SinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
