//! Reading the settings of the Google Pub/Sub sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::PubsubSinkConfig;

// Environment variables of each setting; the first that is set counts.
const PROJECT: &[&str] = &["GOOGLE_CLOUD_PROJECT", "PUBSUB_SINK_PROJECT"];
const TOPIC: &[&str] = &["PUBSUB_TOPIC", "PUBSUB_SINK_TOPIC"];
const KEY_FILE: &[&str] = &["GOOGLE_APPLICATION_CREDENTIALS", "PUBSUB_SINK_KEY_FILE"];
const URL: &[&str] = &["PUBSUB_URL", "PUBSUB_SINK_URL"];

impl PubsubSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let project = fields.required("project", PROJECT, Fields::string);
        let topic = fields.required("topic", TOPIC, Fields::string);
        let mut config = Self::new(project, topic);
        config.key_file = fields.string("key_file", KEY_FILE);
        config.url = fields.url("url", URL);
        config.delivery = fields.delivery("PUBSUB_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "project", &self.project, 1);
        check::min_length(&mut errors, "topic", &self.topic, 1);
        errors
    }
}
