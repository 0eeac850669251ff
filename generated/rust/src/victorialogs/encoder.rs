//! Events as `VictoriaLogs` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::VictorialogsSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 8] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "service",
    "host",
    "context",
    "diagnostics",
];

/// Writes events for `VictoriaLogs`.
#[derive(Debug)]
pub struct VictorialogsEncoder;

impl VictorialogsEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &VictorialogsSinkConfig) -> Self {
        Self
    }
}

impl Encoder for VictorialogsEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
        record.optional("service", &event.diagnostics, &["service"]);
        record.optional("host", &event.diagnostics, &["host"]);
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
