//! Reading the settings of the Axiom sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::AxiomSinkConfig;

// Environment variables of each setting; the first that is set counts.
const TOKEN: &[&str] = &["AXIOM_TOKEN", "AXIOM_SINK_TOKEN"];
const DATASET: &[&str] = &["AXIOM_DATASET", "AXIOM_SINK_DATASET"];
const ORG_ID: &[&str] = &["AXIOM_ORG_ID", "AXIOM_SINK_ORG_ID"];
const LABELS: &[&str] = &["AXIOM_LABELS", "AXIOM_SINK_LABELS"];
const URL: &[&str] = &["AXIOM_URL", "AXIOM_SINK_URL"];
const COMPRESSION: &[&str] = &["AXIOM_SINK_COMPRESSION"];

impl AxiomSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let token = fields.required("token", TOKEN, Fields::secret);
        let dataset = fields.required("dataset", DATASET, Fields::string);
        let mut config = Self::new(token, dataset);
        config.org_id = fields.string("org_id", ORG_ID);
        fields.over(&mut config.labels, "labels", LABELS, Fields::map);
        config.url = fields.url("url", URL);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("AXIOM_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::not_empty(&mut errors, "token", self.token.expose());
        check::header_text(&mut errors, "token", self.token.expose());
        check::min_length(&mut errors, "dataset", &self.dataset, 1);
        if let Some(value) = &self.org_id {
            check::header_text(&mut errors, "org_id", value);
        }
        errors
    }
}
