//! Events as `ClickHouse` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::super::cloud_sink_parts::rest::{self, Rest};
use super::config::ClickhouseSinkConfig;

/// Writes events for `ClickHouse`.
#[derive(Debug)]
pub struct ClickhouseEncoder;

impl ClickhouseEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &ClickhouseSinkConfig) -> Self {
        Self
    }
}

impl Encoder for ClickhouseEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::SpacedNanos);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
        record.optional("service", &event.diagnostics, &["service"]);
        record.optional("host", &event.diagnostics, &["host"]);
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        let members = Rest::USUAL.all(&[("data.", &event.data)]);
        record.some("data", rest::json_text(&members));
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"\n", records, out)
    }
}
