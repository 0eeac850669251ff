//! Events as Splunk HEC takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Record, TimeFormat, lookup,
};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::SplunkHecSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 5] = ["level", "message", "logger", "context", "diagnostics"];

/// Writes events for Splunk HEC.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct SplunkHecEncoder {
    host: Option<Vec<u8>>,
    source: Option<Vec<u8>>,
    sourcetype: Option<Vec<u8>>,
    index: Option<Vec<u8>>,
}

impl SplunkHecEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &SplunkHecSinkConfig) -> Self {
        Self {
            host: constant::json(&config.host),
            source: constant::json(&config.source),
            sourcetype: constant::json(&config.sourcetype),
            index: constant::json(&config.index),
        }
    }
}

impl Encoder for SplunkHecEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("time", event.timestamp, TimeFormat::UnixSecondsMillis);
        if let Some(json) = &self.host {
            record.encoded("host", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["host"]) {
            record.value("host", value);
        }
        if let Some(json) = &self.source {
            record.encoded("source", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["service"]) {
            record.value("source", value);
        }
        record.constant("sourcetype", self.sourcetype.as_deref());
        record.constant("index", self.index.as_deref());
        record.object("event", |inner| {
            inner.string("level", event.level.as_lower());
            inner.string("message", &event.message);
            if !event.logger.is_empty() {
                inner.string("logger", &event.logger);
            }
            inner.merge(&event.data, &TAKEN, "data.");
            inner.map("context", &event.context);
            inner.map("diagnostics", &event.diagnostics);
        });
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"", records, out)
    }
}
