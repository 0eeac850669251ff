//! Events as Datadog takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Level, Record, TimeFormat, lookup,
};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::DatadogSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 30] = [
    "timestamp",
    "status",
    "level",
    "message",
    "ddsource",
    "ddtags",
    "service",
    "hostname",
    "logger.name",
    "dd.trace_id",
    "dd.span_id",
    "error.kind",
    "error.message",
    "error.stack",
    "context",
    "diagnostics",
    "host",
    "source",
    "date",
    "_timestamp",
    "Timestamp",
    "eventTime",
    "published_date",
    "severity",
    "syslog.severity",
    "trace_id",
    "span_id",
    "dd",
    "error",
    "logger",
];

/// Writes events for Datadog.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct DatadogEncoder {
    source: Option<Vec<u8>>,
    tags: Option<Vec<u8>>,
    service: Option<Vec<u8>>,
    hostname: Option<Vec<u8>>,
}

impl DatadogEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &DatadogSinkConfig) -> Self {
        Self {
            source: constant::json(&config.source),
            tags: constant::text(&[&config.tags]),
            service: constant::json(&config.service),
            hostname: constant::json(&config.hostname),
        }
    }
}

impl Encoder for DatadogEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::UnixMillis);
        record.string("status", level_word(&event.level));
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        record.constant("ddsource", self.source.as_deref());
        record.constant("ddtags", self.tags.as_deref());
        if let Some(json) = &self.service {
            record.encoded("service", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["service"]) {
            record.value("service", value);
        }
        if let Some(json) = &self.hostname {
            record.encoded("hostname", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["host"]) {
            record.value("hostname", value);
        }
        if !event.logger.is_empty() {
            record.string("logger.name", &event.logger);
        }
        record.optional("dd.trace_id", &event.context, &["trace_id"]);
        record.optional("dd.span_id", &event.context, &["span_id"]);
        record.optional(
            "error.kind",
            &event.diagnostics,
            &["exception", "error.type"],
        );
        record.optional(
            "error.message",
            &event.diagnostics,
            &["exception", "error.message"],
        );
        record.optional(
            "error.stack",
            &event.diagnostics,
            &["exception", "error.stack"],
        );
        record.merge(&event.data, &TAKEN, "data.");
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}

/// The provider's word for a level.
fn level_word(level: &Level) -> &str {
    match level {
        Level::Trace | Level::Debug => "debug",
        Level::Info => "info",
        Level::Notice | Level::Audit | Level::Security => "notice",
        Level::Warning => "warn",
        Level::Error => "error",
        Level::Critical => "critical",
        Level::Custom(word) => word,
    }
}
