//! Events as Axiom takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::AxiomCodeSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 7] = [
    "_time",
    "level",
    "message",
    "logger",
    "labels",
    "context",
    "diagnostics",
];

/// Writes events for Axiom.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct AxiomCodeEncoder {
    labels: Option<Vec<u8>>,
}

impl AxiomCodeEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &AxiomCodeSinkConfig) -> Self {
        Self {
            labels: constant::json(&config.labels),
        }
    }
}

impl Encoder for AxiomCodeEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("_time", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
        record.constant("labels", &self.labels);
        record.merge(&event.data, &TAKEN, "data.");
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"\n", records, out)
    }
}
