//! Events as Google Cloud Logging takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Level, Record, TimeFormat, filled, lookup,
};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::GcpLoggingSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 4] = ["message", "logger", "context", "diagnostics"];

/// Writes events for Google Cloud Logging.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct GcpLoggingEncoder {
    project: Option<String>,
    project2: Option<Vec<u8>>,
    project3: Option<Vec<u8>>,
    labels: Option<Vec<u8>>,
}

impl GcpLoggingEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &GcpLoggingSinkConfig) -> Self {
        Self {
            project: filled(&[&config.project]),
            project2: constant::text(&[&"projects/", &config.project, &"/logs/", &config.log_id]),
            project3: constant::text(&[&config.project]),
            labels: constant::json(&config.labels),
        }
    }

    /// Bytes that settings and literals take in it.
    #[must_use]
    pub fn envelope_len(&self) -> usize {
        self.envelope().len() - 2
    }

    /// The text around the records of a request.
    fn envelope(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut body = JsonObject::begin(&mut text);
        body.encoded("partialSuccess", b"true");
        body.constant("logName", &self.project2);
        body.object("resource", |inner| {
            inner.string("type", "global");
            inner.object("labels", |inner| {
                inner.constant("project_id", &self.project3);
            });
        });
        body.constant("labels", &self.labels);
        body.encoded("entries", framing::RECORDS);
        body.end();
        text
    }
}

impl Encoder for GcpLoggingEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.string("severity", level_word(&event.level));
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.optional("insertId", &event.context, &["message_id"]);
        record.text(
            "trace",
            &[
                &"projects/",
                &self.project,
                &"/traces/",
                &lookup(&event.context, &["trace_id"]),
            ],
        );
        record.optional("spanId", &event.context, &["span_id"]);
        record.object("jsonPayload", |inner| {
            inner.string("message", &event.message);
            if !event.logger.is_empty() {
                inner.string("logger", &event.logger);
            }
            inner.merge(&event.data, &TAKEN, "data.");
            inner.map("context", &event.context);
            inner.map("diagnostics", &event.diagnostics);
        });
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope();
        framing::within(&envelope, records, out)
    }
}

/// The provider's word for a level.
fn level_word(level: &Level) -> &str {
    match level {
        Level::Trace | Level::Debug => "DEBUG",
        Level::Info => "INFO",
        Level::Notice | Level::Audit | Level::Security => "NOTICE",
        Level::Warning => "WARNING",
        Level::Error => "ERROR",
        Level::Critical => "CRITICAL",
        Level::Custom(_) => "DEFAULT",
    }
}
