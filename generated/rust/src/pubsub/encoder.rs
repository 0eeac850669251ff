//! Events as Google Pub/Sub takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Record, TimeFormat, lookup_text,
};
use super::super::cloud_sink_parts::rest::{self, Rest, RestValues};
use super::super::cloud_sink_parts::{encoded, framing};
use super::config::PubsubSinkConfig;

/// How members that have no place of their own are made.
const REST: Rest = Rest {
    values: RestValues::Texts,
    max: Some(100),
    ..Rest::USUAL
};

/// Writes events for Google Pub/Sub.
#[derive(Debug)]
pub struct PubsubEncoder;

impl PubsubEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &PubsubSinkConfig) -> Self {
        Self
    }
}

impl Encoder for PubsubEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        let text = encoded::base64("", |out| {
            let mut inner = JsonObject::begin(out);
            inner.time("timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
            inner.string("level", event.level.as_lower());
            inner.string("message", &event.message);
            inner.map("data", &event.data);
            inner.end();
        });
        record.some("data", text);
        let members = REST.all(&[("context.", &event.context)]);
        record.some("attributes", rest::object(&members));
        if let Some(text) = lookup_text(&event.context, &["tenant_id"]) {
            record.string("orderingKey", &text);
        }
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::between(b"{\"messages\":[", b"]}", records, out)
    }
}
