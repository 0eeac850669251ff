//! What the tests of the Azure Monitor sink start from.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::AzureStaticSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"https://dce.ingest.monitor.azure.com","rule_id":"dcr-1","stream":"Custom-Logs","access_token":"example-token"}"#;

fn config(settings: &str) -> AzureStaticSinkConfig {
    AzureStaticSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
