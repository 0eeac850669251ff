//! What the tests of the Axiom sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::AxiomCodeSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"token":"example-token","dataset":"my logs","org_id":"acme"}"#;

fn config(settings: &str) -> AxiomCodeSinkConfig {
    AxiomCodeSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
