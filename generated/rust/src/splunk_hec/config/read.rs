//! Reading the settings of the Splunk HEC sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::SplunkHecSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["SPLUNK_HEC_SINK_URL", "SPLUNK_HEC_URL"];
const TOKEN: &[&str] = &["SPLUNK_HEC_SINK_TOKEN", "SPLUNK_HEC_TOKEN"];
const INDEX: &[&str] = &["SPLUNK_HEC_SINK_INDEX"];
const SOURCE: &[&str] = &["SPLUNK_HEC_SINK_SOURCE"];
const SOURCETYPE: &[&str] = &["SPLUNK_HEC_SINK_SOURCETYPE"];
const HOST: &[&str] = &["SPLUNK_HEC_SINK_HOST"];
const CHANNEL: &[&str] = &["SPLUNK_HEC_SINK_CHANNEL"];
const COMPRESSION: &[&str] = &["SPLUNK_HEC_SINK_COMPRESSION"];

impl SplunkHecSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let token = fields.required("token", TOKEN, Fields::secret);
        let mut config = Self::new(url, token);
        config.index = fields.string("index", INDEX);
        config.source = fields.string("source", SOURCE);
        fields.over(
            &mut config.sourcetype,
            "sourcetype",
            SOURCETYPE,
            Fields::string,
        );
        config.host = fields.string("host", HOST);
        config.channel = fields.string("channel", CHANNEL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("SPLUNK_HEC_SINK", config.delivery);
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
        check::not_empty(&mut errors, "token", self.token.expose());
        check::header_text(&mut errors, "token", self.token.expose());
        if let Some(value) = &self.channel {
            check::header_text(&mut errors, "channel", value);
        }
        errors
    }
}
