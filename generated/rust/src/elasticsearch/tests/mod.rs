//! What the tests of the Elasticsearch sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::ElasticsearchSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"https://es.example.com:9200","api_key":"example-api-key"}"#;

fn config(settings: &str) -> ElasticsearchSinkConfig {
    ElasticsearchSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
