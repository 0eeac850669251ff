//! Reading the settings of the OTLP over HTTP sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::OtlpJsonSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["OTEL_EXPORTER_OTLP_ENDPOINT", "OTLP_JSON_SINK_URL"];
const HEADERS: &[&str] = &["OTEL_EXPORTER_OTLP_HEADERS", "OTLP_JSON_SINK_HEADERS"];
const SERVICE: &[&str] = &["OTEL_SERVICE_NAME", "OTLP_JSON_SINK_SERVICE"];
const COMPRESSION: &[&str] = &["OTLP_JSON_SINK_COMPRESSION"];

impl OtlpJsonSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        fields.over(&mut config.headers, "headers", HEADERS, Fields::map);
        fields.over(&mut config.service, "service", SERVICE, Fields::string);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("OTLP_JSON_SINK", config.delivery);
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
        errors
    }
}
