//! Events as `OpenSearch` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::OpensearchSigv4SinkConfig;

/// Writes events for `OpenSearch`.
#[derive(Debug)]
pub struct OpensearchSigv4Encoder;

impl OpensearchSigv4Encoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &OpensearchSigv4SinkConfig) -> Self {
        Self
    }
}

impl Encoder for OpensearchSigv4Encoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("@timestamp", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("log.level", event.level.as_lower());
        record.string("message", &event.message);
        if !event.logger.is_empty() {
            record.string("log.logger", &event.logger);
        }
        record.optional("service.name", &event.diagnostics, &["service"]);
        record.optional("trace.id", &event.context, &["trace_id"]);
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        record.map("data", &event.data);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"{\"create\":{}}\n", b"\n", records, out)
    }
}
