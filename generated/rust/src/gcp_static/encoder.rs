//! Events as Google Cloud Logging takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Level, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::GcpStaticSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 4] = ["message", "logger", "context", "diagnostics"];

/// Writes events for Google Cloud Logging.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct GcpStaticEncoder {
    log_name: Option<Vec<u8>>,
    labels: Option<Vec<u8>>,
}

impl GcpStaticEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &GcpStaticSinkConfig) -> Self {
        Self {
            log_name: constant::json(&config.log_name),
            labels: constant::json(&config.labels),
        }
    }
}

impl Encoder for GcpStaticEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.constant("logName", &self.log_name);
        record.object("resource", |inner| {
            inner.string("type", "global");
        });
        record.string("severity", level_word(&event.level));
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.optional("insertId", &event.context, &["message_id"]);
        record.optional("trace", &event.context, &["trace_id"]);
        record.optional("spanId", &event.context, &["span_id"]);
        record.constant("labels", &self.labels);
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
        framing::between(
            b"{\"partialSuccess\":true,\"entries\":[",
            b"]}",
            records,
            out,
        )
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
        Level::Custom(word) => word,
    }
}
