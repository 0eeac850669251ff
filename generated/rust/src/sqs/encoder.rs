//! Events as Amazon SQS takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record};
use super::super::cloud_sink_parts::{constant, encoded, framing};
use super::config::SqsSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 2] = ["message", "level"];

/// Writes events for Amazon SQS.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct SqsEncoder {
    queue_url: Option<Vec<u8>>,
}

impl SqsEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &SqsSinkConfig) -> Self {
        Self {
            queue_url: constant::text(&[&config.queue_url]),
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
        body.constant("QueueUrl", &self.queue_url);
        body.encoded("Entries", framing::RECORDS);
        body.end();
        text
    }
}

impl Encoder for SqsEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        let text = encoded::json_text("", |out| {
            let mut inner = JsonObject::begin(out);
            inner.string("message", &event.message);
            inner.string("level", event.level.as_lower());
            inner.merge(&event.data, &TAKEN, "data.");
            inner.merge(&event.context, &TAKEN, "context.");
            inner.merge(&event.diagnostics, &TAKEN, "diagnostics.");
            inner.end();
        });
        record.some("MessageBody", text);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope();
        framing::numbered_within(&envelope, "Id", records, out)
    }
}
