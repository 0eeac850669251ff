//! Reading the settings of the Kafka REST proxy sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::KafkaRestSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["KAFKA_REST_URL", "KAFKA_REST_SINK_URL"];
const TOPIC: &[&str] = &["KAFKA_TOPIC", "KAFKA_REST_SINK_TOPIC"];
const USERNAME: &[&str] = &["KAFKA_REST_USERNAME", "KAFKA_REST_SINK_USERNAME"];
const PASSWORD: &[&str] = &["KAFKA_REST_PASSWORD", "KAFKA_REST_SINK_PASSWORD"];
const COMPRESSION: &[&str] = &["KAFKA_REST_SINK_COMPRESSION"];

impl KafkaRestSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let topic = fields.required("topic", TOPIC, Fields::string);
        let mut config = Self::new(url, topic);
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.delivery = fields.delivery("KAFKA_REST_SINK", config.delivery);
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
        check::min_length(&mut errors, "topic", &self.topic, 1);
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("username", self.username.is_some()),
        );
        errors
    }
}
