//! Events as Dynatrace takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Level, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::DynatraceSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 9] = [
    "timestamp",
    "severity",
    "content",
    "log.logger",
    "service.name",
    "host.name",
    "trace_id",
    "span_id",
    "attributes",
];

/// Writes events for Dynatrace.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct DynatraceEncoder {
    attributes: Option<Vec<u8>>,
}

impl DynatraceEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &DynatraceSinkConfig) -> Self {
        Self {
            attributes: constant::json(&config.attributes),
        }
    }
}

impl Encoder for DynatraceEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("severity", level_word(&event.level));
        record.string("content", &event.message);
        if !event.logger.is_empty() {
            record.string("log.logger", &event.logger);
        }
        record.optional("service.name", &event.diagnostics, &["service"]);
        record.optional("host.name", &event.diagnostics, &["host"]);
        record.optional("trace_id", &event.context, &["trace_id"]);
        record.optional("span_id", &event.context, &["span_id"]);
        record.constant("attributes", &self.attributes);
        record.merge(&event.data, &TAKEN, "data.");
        record.merge(&event.context, &TAKEN, "context.");
        record.merge(&event.diagnostics, &TAKEN, "diagnostics.");
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
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Notice => "notice",
        Level::Warning => "warn",
        Level::Error => "error",
        Level::Critical => "critical",
        Level::Audit => "audit",
        Level::Security => "security",
        Level::Custom(word) => word,
    }
}
