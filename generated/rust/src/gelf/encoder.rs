//! Events as Graylog GELF over HTTP takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Level, Record, TimeFormat, lookup,
};
use super::super::cloud_sink_parts::rest::{Rest, RestValues};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::GelfSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 7] = [
    "version",
    "host",
    "short_message",
    "timestamp",
    "level",
    "_logger",
    "_id",
];

/// How members that have no place of their own are made.
const REST: Rest = Rest {
    prefix: "_",
    flatten: Some("_"),
    values: RestValues::Scalars,
    keys: Some("A-Za-z0-9_.-"),
    ..Rest::USUAL
};

/// Writes events for Graylog GELF over HTTP.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct GelfEncoder {
    host: Option<Vec<u8>>,
}

impl GelfEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &GelfSinkConfig) -> Self {
        Self {
            host: constant::json(&config.host),
        }
    }
}

impl Encoder for GelfEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.string("version", "1.1");
        if let Some(json) = &self.host {
            record.encoded("host", json);
        } else if let Some(value) = lookup(&event.diagnostics, &["host"]) {
            record.value("host", value);
        } else {
            record.string("host", "unknown");
        }
        record.string("short_message", &event.message);
        record.time("timestamp", event.timestamp, TimeFormat::UnixSecondsMillis);
        record.i64("level", level_word(&event.level));
        if !event.logger.is_empty() {
            record.string("_logger", &event.logger);
        }
        REST.merge(
            &mut record,
            &[("data.", &event.data), ("context.", &event.context)],
            &TAKEN,
        );
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"", records, out)
    }
}

/// The provider's number for a level.
fn level_word(level: &Level) -> i64 {
    match level {
        Level::Trace | Level::Debug => 7,
        Level::Info | Level::Audit | Level::Security | Level::Custom(_) => 6,
        Level::Notice => 5,
        Level::Warning => 4,
        Level::Error => 3,
        Level::Critical => 2,
    }
}
