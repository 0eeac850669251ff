//! Events as Amazon Data Firehose takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, encoded, framing};
use super::config::FirehoseSinkConfig;

/// Writes events for Amazon Data Firehose.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct FirehoseEncoder {
    stream: Option<Vec<u8>>,
}

impl FirehoseEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &FirehoseSinkConfig) -> Self {
        Self {
            stream: constant::text(&[&config.stream]),
        }
    }

    /// Bytes that settings and literals take in it.
    #[must_use]
    pub fn envelope_len(&self) -> usize {
        self.envelope().len() - 2
    }

    /// The text around the records of a request.
    fn envelope(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut body = JsonObject::begin(&mut text);
        body.constant("DeliveryStreamName", &self.stream);
        body.encoded("Records", framing::RECORDS);
        body.end();
        text
    }
}

impl Encoder for FirehoseEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        let text = encoded::base64("\n", |out| {
            let mut inner = JsonObject::begin(out);
            inner.time("timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
            inner.string("level", event.level.as_lower());
            inner.string("message", &event.message);
            inner.map("data", &event.data);
            inner.map("context", &event.context);
            inner.end();
        });
        record.some("Data", text);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope();
        framing::within(&envelope, records, out)
    }
}
