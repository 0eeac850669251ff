//! Events as Acme Logs takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Level, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::AcmeSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 7] = ["time", "level", "text", "trace", "tags", "shard", "context"];

/// Writes events for Acme Logs.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct AcmeEncoder {
    tags: Option<Vec<u8>>,
    shards: Option<Vec<u8>>,
}

impl AcmeEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &AcmeSinkConfig) -> Self {
        Self {
            tags: constant::text(&[&config.tags]),
            shards: constant::json(&config.shards),
        }
    }
}

impl Encoder for AcmeEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("time", event.timestamp, TimeFormat::UnixMillis);
        record.string("level", level_word(&event.level));
        record.string("text", &event.message);
        record.optional("trace", &event.context, &["trace_id"]);
        record.constant("tags", &self.tags);
        record.constant("shard", &self.shards);
        record.merge(&event.data, &TAKEN, "data.");
        record.map("context", &event.context);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}

/// The provider's word for a level.
fn level_word(level: &Level) -> &str {
    match level {
        Level::Trace => "trace",
        Level::Debug => "debug",
        Level::Info => "info",
        Level::Notice => "notice",
        Level::Warning => "warn",
        Level::Error => "error",
        Level::Critical => "critical",
        Level::Audit => "audit",
        Level::Security => "security",
        Level::Custom(word) => word,
    }
}
