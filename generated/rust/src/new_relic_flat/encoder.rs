//! Events as New Relic takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Record, TimeFormat, lookup,
};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::NewRelicFlatSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 9] = [
    "timestamp",
    "message",
    "level",
    "logger",
    "logtype",
    "service.name",
    "hostname",
    "context",
    "diagnostics",
];

/// Writes events for New Relic.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct NewRelicFlatEncoder {
    logtype: Option<Vec<u8>>,
    service: Option<Vec<u8>>,
}

impl NewRelicFlatEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &NewRelicFlatSinkConfig) -> Self {
        Self {
            logtype: constant::json(&config.logtype),
            service: constant::json(&config.service),
        }
    }
}

impl Encoder for NewRelicFlatEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::UnixMillis);
        record.string("message", &event.message);
        record.string("level", event.level.as_lower());
        if !event.logger.is_empty() {
            record.string("logger", &event.logger);
        }
        record.constant("logtype", &self.logtype);
        if let Some(json) = &self.service {
            record.encoded("service.name", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["service"]) {
            record.value("service.name", value);
        }
        record.optional("hostname", &event.diagnostics, &["host"]);
        record.merge(&event.data, &TAKEN, "data.");
        record.map("context", &event.context);
        record.map("diagnostics", &event.diagnostics);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}
