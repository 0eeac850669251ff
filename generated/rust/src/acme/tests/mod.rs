//! What the tests of the Acme Logs sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::AcmeSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"api_key":"example-api-key"}"#;

fn config(settings: &str) -> AcmeSinkConfig {
    AcmeSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
