//! What the tests of the `AppSignal` sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::AppsignalSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"push_key":"example-key"}"#;

fn config(settings: &str) -> AppsignalSinkConfig {
    AppsignalSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
