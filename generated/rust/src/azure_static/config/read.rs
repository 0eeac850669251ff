//! Reading the settings of the Azure Monitor sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::AzureStaticSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["DATA_COLLECTION_ENDPOINT", "AZURE_STATIC_SINK_URL"];
const RULE_ID: &[&str] = &["LOGS_DCR_RULE_ID", "AZURE_STATIC_SINK_RULE_ID"];
const STREAM: &[&str] = &["LOGS_DCR_STREAM_NAME", "AZURE_STATIC_SINK_STREAM"];
const ACCESS_TOKEN: &[&str] = &["AZURE_ACCESS_TOKEN", "AZURE_STATIC_SINK_ACCESS_TOKEN"];
const COMPRESSION: &[&str] = &["AZURE_STATIC_SINK_COMPRESSION"];

impl AzureStaticSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let rule_id = fields.required("rule_id", RULE_ID, Fields::string);
        let stream = fields.required("stream", STREAM, Fields::string);
        let access_token = fields.required("access_token", ACCESS_TOKEN, Fields::secret);
        let mut config = Self::new(url, rule_id, stream, access_token);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("AZURE_STATIC_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "url", &self.url);
        check::min_length(&mut errors, "rule_id", &self.rule_id, 1);
        check::only(&mut errors, "rule_id", &self.rule_id, "a-z0-9-");
        check::min_length(&mut errors, "stream", &self.stream, 1);
        check::not_empty(&mut errors, "access_token", self.access_token.expose());
        check::header_text(&mut errors, "access_token", self.access_token.expose());
        errors
    }
}
