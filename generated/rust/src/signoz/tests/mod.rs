//! What the tests of the `SigNoz` sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::SignozSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"key":"example-key"}"#;

fn config(settings: &str) -> SignozSinkConfig {
    SignozSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
