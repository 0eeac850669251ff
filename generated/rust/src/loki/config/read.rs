//! Reading the settings of the Grafana Loki sink, and checking their values.

use super::super::super::cloud_sink_base::{ConfigErrors, Fields};
use super::super::super::cloud_sink_parts::connection::{self, ConnectionConfig};
use super::super::super::cloud_sink_parts::{check, streams};
use super::LokiSinkConfig;

// Environment variables of each setting; the first that is set counts.
const URL: &[&str] = &["LOKI_SINK_URL", "LOKI_URL", "LOKI_ADDR"];
const SERVICE_NAME: &[&str] = &["LOKI_SINK_SERVICE_NAME", "LOKI_SERVICE_NAME"];
const LABELS: &[&str] = &["LOKI_SINK_LABELS", "LOKI_LABELS"];
const LABEL_FIELDS: &[&str] = &["LOKI_SINK_LABEL_FIELDS", "LOKI_LABEL_FIELDS"];
const MAX_STREAMS: &[&str] = &["LOKI_SINK_MAX_STREAMS", "LOKI_MAX_STREAMS"];
const TENANT_ID: &[&str] = &["LOKI_SINK_TENANT_ID", "LOKI_ORG_ID", "LOKI_TENANT_ID"];
const USERNAME: &[&str] = &["LOKI_SINK_USERNAME", "LOKI_USERNAME"];
const PASSWORD: &[&str] = &["LOKI_SINK_PASSWORD", "LOKI_PASSWORD"];
const BEARER_TOKEN: &[&str] = &["LOKI_SINK_BEARER_TOKEN", "LOKI_BEARER_TOKEN"];
const COMPRESSION: &[&str] = &["LOKI_SINK_COMPRESSION"];

impl LokiSinkConfig {
    /// Settings from `fields`, completed by defaults.
    pub(super) fn read(mut fields: Fields) -> Result<Self, ConfigErrors> {
        let url = fields.required("url", URL, Fields::url);
        let mut config = Self::new(url);
        config.service_name = fields.string("service_name", SERVICE_NAME);
        fields.over(&mut config.labels, "labels", LABELS, Fields::map);
        fields.over(
            &mut config.label_fields,
            "label_fields",
            LABEL_FIELDS,
            Fields::list,
        );
        fields.over(
            &mut config.max_streams,
            "max_streams",
            MAX_STREAMS,
            Fields::int,
        );
        config.tenant_id = fields.string("tenant_id", TENANT_ID);
        config.username = fields.string("username", USERNAME);
        config.password = fields.secret("password", PASSWORD);
        config.bearer_token = fields.secret("bearer_token", BEARER_TOKEN);
        fields.over(
            &mut config.compression,
            "compression",
            COMPRESSION,
            Fields::choice,
        );
        config.connection = ConnectionConfig::read(&mut fields, "LOKI_SINK");
        config.delivery = fields.delivery("LOKI_SINK", config.delivery);
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
        if let Some(value) = &self.service_name {
            check::max_length(&mut errors, "service_name", value, 2_048);
        }
        check::at_least(&mut errors, "max_streams", self.max_streams, 1);
        check::at_most(&mut errors, "max_streams", self.max_streams, 5_000);
        if let Some(value) = &self.tenant_id {
            check::min_length(&mut errors, "tenant_id", value, 1);
            check::max_length(&mut errors, "tenant_id", value, 150);
            check::only(&mut errors, "tenant_id", value, "A-Za-z0-9!._*'()-");
            check::header_text(&mut errors, "tenant_id", value);
        }
        if let Some(value) = &self.username {
            check::without(&mut errors, "username", value, ":");
        }
        if let Some(value) = &self.bearer_token {
            check::header_text(&mut errors, "bearer_token", value.expose());
        }
        let mut labels = streams::LabelCheck::new(15, &[], &["service_name"]);
        labels.pairs(&mut errors, "labels", &self.labels);
        labels.fields(&mut errors, "label_fields", &self.label_fields);
        check::goes_with(
            &mut errors,
            ("password", self.password.is_some()),
            ("username", self.username.is_some()),
        );
        let connection = &self.connection;
        connection.check(&mut errors);
        connection.check_plain_http(
            &mut errors,
            &[("url", &self.url)],
            connection::any_set(&[&self.password, &self.bearer_token]),
        );
        errors
    }
}
