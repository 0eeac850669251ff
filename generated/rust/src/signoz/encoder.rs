//! Events as `SigNoz` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Level, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::SignozSinkConfig;

/// Writes events for `SigNoz`.
#[derive(Debug)]
pub struct SignozEncoder;

impl SignozEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &SignozSinkConfig) -> Self {
        Self
    }
}

impl Encoder for SignozEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::UnixMillis);
        record.string("severity_text", event.level.as_lower());
        record.i64("severity_number", level_word(&event.level));
        record.string("body", &event.message);
        record.optional("trace_id", &event.context, &["trace_id"]);
        record.map("attributes", &event.data);
        record.map("resources", &event.diagnostics);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}

/// The provider's number for a level.
fn level_word(level: &Level) -> i64 {
    match level {
        Level::Trace => 1,
        Level::Debug => 5,
        Level::Info | Level::Audit | Level::Security | Level::Custom(_) => 9,
        Level::Notice => 10,
        Level::Warning => 13,
        Level::Error => 17,
        Level::Critical => 21,
    }
}
