//! Events as Better Stack takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::BetterStackSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 6] = ["dt", "level", "message", "logger", "context", "diagnostics"];

/// Writes events for Better Stack.
#[derive(Debug)]
pub struct BetterStackEncoder;

impl BetterStackEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &BetterStackSinkConfig) -> Self {
        Self
    }
}

impl Encoder for BetterStackEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("dt", event.timestamp, TimeFormat::Rfc3339Nanos);
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
        framing::array(records, out)
    }
}
