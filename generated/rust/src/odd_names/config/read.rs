//! Reading the settings of the Odd Names sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::check;
use super::OddNamesSinkConfig;

// Environment variables of each setting; the first that is set counts.
const KIND: &[&str] = &["ODD_TYPE", "ODD_NAMES_SINK_KIND"];
const FIELDS: &[&str] = &["ODD_FIELDS", "ODD_NAMES_SINK_FIELDS"];
const CONFIG: &[&str] = &["ODD_NAMES_SINK_CONFIG"];
const ERRORS: &[&str] = &["ODD_NAMES_SINK_ERRORS"];
const REQUEST: &[&str] = &["ODD_NAMES_SINK_REQUEST"];
const STREAMS: &[&str] = &["ODD_NAMES_SINK_STREAMS"];
const OUT: &[&str] = &["ODD_NAMES_SINK_OUT"];
const EVENT: &[&str] = &["ODD_NAMES_SINK_EVENT"];
const ENCODER: &[&str] = &["ODD_NAMES_SINK_ENCODER"];
const MATCHES: &[&str] = &["ODD_NAMES_SINK_MATCHES"];
const RECORD: &[&str] = &["ODD_RECORD", "ODD_NAMES_SINK_RECORD"];
const LABEL: &[&str] = &["ODD_LABEL", "ODD_NAMES_SINK_LABEL"];
const KEY: &[&str] = &["ODD_KEY", "ODD_NAMES_SINK_KEY"];
const USER: &[&str] = &["ODD_USER", "ODD_NAMES_SINK_USER"];
const EXTRA: &[&str] = &["ODD_NAMES_SINK_EXTRA"];
const URL: &[&str] = &["ODD_URL", "ODD_NAMES_SINK_URL"];

impl OddNamesSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let kind = fields.required("kind", KIND, Fields::string);
        let fields2 = fields.required("fields", FIELDS, Fields::string);
        let mut config = Self::new(kind, fields2);
        fields.over(&mut config.config, "config", CONFIG, Fields::int);
        config.errors = fields.float("errors", ERRORS);
        fields.over(&mut config.request, "request", REQUEST, Fields::bool);
        fields.over(&mut config.streams, "streams", STREAMS, Fields::list);
        fields.over(&mut config.out, "out", OUT, Fields::map);
        fields.over(&mut config.event, "event", EVENT, Fields::duration);
        config.encoder = fields.choice("encoder", ENCODER);
        fields.over(&mut config.matches, "matches", MATCHES, Fields::choice);
        config.record = fields.string("record", RECORD);
        config.label = fields.string("label", LABEL);
        config.key = fields.secret("key", KEY);
        config.user = fields.secret("user", USER);
        fields.over(&mut config.extra, "extra", EXTRA, Fields::map);
        config.url = fields.secret_url("url", URL);
        config.delivery = fields.delivery("ODD_NAMES_SINK", config.delivery);
        for problem in config.errors().problems() {
            fields.problem(&problem.name, problem.message.as_str());
        }
        fields.finish()?;
        Ok(config)
    }

    /// What is wrong with values that have the right types.
    pub(super) fn errors(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        check::min_length(&mut errors, "kind", &self.kind, 1);
        check::min_length(&mut errors, "fields", &self.fields, 1);
        check::header_text(&mut errors, "fields", &self.fields);
        check::at_least(&mut errors, "config", self.config, 1);
        check::at_most(&mut errors, "config", self.config, 9);
        if let Some(value) = &self.label {
            check::header_text(&mut errors, "label", value);
        }
        if let Some(value) = &self.key {
            check::header_text(&mut errors, "key", value.expose());
        }
        errors
    }
}
