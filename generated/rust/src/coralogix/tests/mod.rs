//! What the tests of the Coralogix sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::CoralogixSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"private_key":"example-key"}"#;

fn config(settings: &str) -> CoralogixSinkConfig {
    CoralogixSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
