//! Events as Azure Monitor takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::AzureStaticSinkConfig;

/// Writes events for Azure Monitor.
#[derive(Debug)]
pub struct AzureStaticEncoder;

impl AzureStaticEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &AzureStaticSinkConfig) -> Self {
        Self
    }
}

impl Encoder for AzureStaticEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("TimeGenerated", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("Level", event.level.as_lower());
        record.string("Message", &event.message);
        if !event.logger.is_empty() {
            record.string("Logger", &event.logger);
        }
        record.optional("Service", &event.diagnostics, &["service"]);
        record.optional("TraceId", &event.context, &["trace_id"]);
        record.map("Context", &event.context);
        record.map("Diagnostics", &event.diagnostics);
        record.map("Data", &event.data);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}
