//! Events as Amazon `CloudWatch` Logs takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::CloudWatchSinkConfig;

/// Writes events for Amazon `CloudWatch` Logs.
#[derive(Debug)]
pub struct CloudWatchEncoder;

impl CloudWatchEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &CloudWatchSinkConfig) -> Self {
        Self
    }
}

impl Encoder for CloudWatchEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        record.map("data", &event.data);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        // The SDK takes records one by one; this is how they look in a file.
        framing::lines(b"", b"\n", records, out)
    }
}
