//! Events as Mezmo takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::MezmoSinkConfig;

/// Writes events for Mezmo.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct MezmoEncoder {
    app: Option<Vec<u8>>,
}

impl MezmoEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &MezmoSinkConfig) -> Self {
        Self {
            app: constant::json(&config.app),
        }
    }
}

impl Encoder for MezmoEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.string("line", &event.message);
        record.time("timestamp", event.timestamp, TimeFormat::UnixMillis);
        if !event.logger.is_empty() {
            record.string("app", &event.logger);
        } else if let Some(json) = &self.app {
            record.encoded("app", json);
        }
        record.string("level", event.level.as_lower());
        record.map("meta", &event.data);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::between(b"{\"lines\":[", b"]}", records, out)
    }
}
