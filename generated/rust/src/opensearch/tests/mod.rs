//! What the tests of the `OpenSearch` sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::OpensearchSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str =
    r#"{"url":"https://search.example.com","username":"logger","password":"example-password"}"#;

fn config(settings: &str) -> OpensearchSinkConfig {
    OpensearchSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
