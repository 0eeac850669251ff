//! Events as Coralogix takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Level, Record, TimeFormat, lookup,
};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::CoralogixSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 3] = ["message", "context", "diagnostics"];

/// Writes events for Coralogix.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct CoralogixEncoder {
    application: Option<Vec<u8>>,
    subsystem: Option<Vec<u8>>,
}

impl CoralogixEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &CoralogixSinkConfig) -> Self {
        Self {
            application: constant::json(&config.application),
            subsystem: constant::json(&config.subsystem),
        }
    }
}

impl Encoder for CoralogixEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.constant("applicationName", &self.application);
        if let Some(json) = &self.subsystem {
            record.encoded("subsystemName", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["service"]) {
            record.value("subsystemName", value);
        } else if let Some(json) = &self.application {
            record.encoded("subsystemName", json);
        }
        record.i64("severity", level_word(&event.level));
        record.time("hiResTimestamp", event.timestamp, TimeFormat::UnixNanosText);
        record.optional("computerName", &event.diagnostics, &["host"]);
        if !event.logger.is_empty() {
            record.string("category", &event.logger);
        }
        record.object("text", |inner| {
            inner.string("message", &event.message);
            inner.merge(&event.data, &TAKEN, "data.");
            inner.map("context", &event.context);
            inner.map("diagnostics", &event.diagnostics);
        });
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
        Level::Trace | Level::Debug => 1,
        Level::Info | Level::Notice | Level::Audit | Level::Security | Level::Custom(_) => 3,
        Level::Warning => 4,
        Level::Error => 5,
        Level::Critical => 6,
    }
}
