//! Events as Honeycomb takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::HoneycombSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 7] = [
    "level",
    "message",
    "logger",
    "service.name",
    "trace.trace_id",
    "trace.parent_id",
    "diagnostics",
];

/// Writes events for Honeycomb.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct HoneycombEncoder {
    sample_rate: Option<Vec<u8>>,
}

impl HoneycombEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &HoneycombSinkConfig) -> Self {
        Self {
            sample_rate: constant::json(&config.sample_rate),
        }
    }
}

impl Encoder for HoneycombEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("time", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.constant("samplerate", self.sample_rate.as_deref());
        record.object("data", |inner| {
            inner.string("level", event.level.as_lower());
            inner.string("message", &event.message);
            if !event.logger.is_empty() {
                inner.string("logger", &event.logger);
            }
            inner.optional("service.name", &event.diagnostics, &["service"]);
            inner.optional("trace.trace_id", &event.context, &["trace_id"]);
            inner.optional("trace.parent_id", &event.context, &["span_id"]);
            inner.merge(&event.data, &TAKEN, "data.");
            inner.merge(&event.context, &TAKEN, "ctx_");
            inner.map("diagnostics", &event.diagnostics);
        });
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}
