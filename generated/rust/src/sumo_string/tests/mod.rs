//! What the tests of the Sumo Logic sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::SumoStringSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str =
    r#"{"url":"https://collectors.sumologic.com","code":"example-code","category":"prod/shop"}"#;

fn config(settings: &str) -> SumoStringSinkConfig {
    SumoStringSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
