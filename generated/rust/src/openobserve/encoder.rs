//! Events as `OpenObserve` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::OpenobserveSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 5] = ["_timestamp", "level", "message", "context", "diagnostics"];

/// Writes events for `OpenObserve`.
#[derive(Debug)]
pub struct OpenobserveEncoder;

impl OpenobserveEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &OpenobserveSinkConfig) -> Self {
        Self
    }
}

impl Encoder for OpenobserveEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("_timestamp", event.timestamp, TimeFormat::UnixMillis);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
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
