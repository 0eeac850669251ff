//! Reading the settings of the Honeycomb sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::HoneycombSinkConfig;

// Environment variables of each setting; the first that is set counts.
const API_KEY: &[&str] = &["HONEYCOMB_SINK_API_KEY", "HONEYCOMB_API_KEY"];
const DATASET: &[&str] = &["HONEYCOMB_SINK_DATASET", "HONEYCOMB_DATASET"];
const REGION: &[&str] = &["HONEYCOMB_SINK_REGION"];
const URL: &[&str] = &["HONEYCOMB_SINK_URL", "HONEYCOMB_API_ENDPOINT"];
const SAMPLE_RATE: &[&str] = &["HONEYCOMB_SINK_SAMPLE_RATE"];
const COMPRESSION: &[&str] = &["HONEYCOMB_SINK_COMPRESSION"];

impl HoneycombSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let api_key = fields.required("api_key", API_KEY, Fields::secret);
        let dataset = fields.required("dataset", DATASET, Fields::string);
        let mut config = Self::new(api_key, dataset);
        fields.over(&mut config.region, "region", REGION, Fields::choice);
        config.url = fields.url("url", URL);
        config.sample_rate = fields.int("sample_rate", SAMPLE_RATE);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("HONEYCOMB_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "api_key", self.api_key.expose());
        check::header_text(&mut errors, "api_key", self.api_key.expose());
        check::min_length(&mut errors, "dataset", &self.dataset, 1);
        check::without(&mut errors, "dataset", &self.dataset, "/");
        if let Some(value) = self.sample_rate {
            check::at_least(&mut errors, "sample_rate", value, 1);
        }
        errors
    }
}
