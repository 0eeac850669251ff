//! Events as Sumo Logic takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::SumoStringSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 6] = [
    "timestamp",
    "level",
    "message",
    "logger",
    "context",
    "diagnostics",
];

/// Writes events for Sumo Logic.
#[derive(Debug)]
pub struct SumoStringEncoder;

impl SumoStringEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &SumoStringSinkConfig) -> Self {
        Self
    }
}

impl Encoder for SumoStringEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
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
