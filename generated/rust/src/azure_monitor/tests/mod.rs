//! What the tests of the Azure Monitor sink start from.

mod limits;
mod requests;
mod responses;
mod settings;

use super::super::cloud_sink_parts::testing;
use super::AzureMonitorSinkConfig;

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"https://dce.ingest.monitor.azure.com","rule_id":"dcr-1","stream":"Custom-Logs","tenant_id":"t","client_id":"c","client_secret":"example-secret"}"#;

fn config(settings: &str) -> AzureMonitorSinkConfig {
    AzureMonitorSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}
