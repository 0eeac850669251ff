//! What the tests of the `OpenObserve` sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::OpenobserveSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str =
    r#"{"url":"http://127.0.0.1:5080","username":"a@b","password":"example-pw"}"#;

fn config(settings: &str) -> OpenobserveSinkConfig {
    OpenobserveSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
