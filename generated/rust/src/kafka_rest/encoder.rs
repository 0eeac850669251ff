//! Events as Kafka REST proxy takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Record, TimeFormat, lookup_text,
};
use super::super::cloud_sink_parts::framing;
use super::config::KafkaRestSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 5] = ["@timestamp", "level", "message", "context", "diagnostics"];

/// Writes events for Kafka REST proxy.
#[derive(Debug)]
pub struct KafkaRestEncoder;

impl KafkaRestEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &KafkaRestSinkConfig) -> Self {
        Self
    }
}

impl Encoder for KafkaRestEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        if let Some(text) = lookup_text(&event.context, &["correlation_id"]) {
            record.string("key", &text);
        }
        record.object("value", |inner| {
            inner.time("@timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
            inner.string("level", event.level.as_lower());
            inner.string("message", &event.message);
            inner.merge(&event.data, &TAKEN, "data.");
            inner.map("context", &event.context);
            inner.map("diagnostics", &event.diagnostics);
        });
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::between(b"{\"records\":[", b"]}", records, out)
    }
}
