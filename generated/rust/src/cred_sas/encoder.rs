//! Events as Cred `cred_sas` takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::framing;
use super::config::CredSasSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 4] = ["time", "level", "message", "context"];

/// Writes events for Cred `cred_sas`.
#[derive(Debug)]
pub struct CredSasEncoder;

impl CredSasEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(_config: &CredSasSinkConfig) -> Self {
        Self
    }
}

impl Encoder for CredSasEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("time", event.timestamp, TimeFormat::Rfc3339Millis);
        record.string("level", event.level.as_lower());
        record.string("message", &event.message);
        record.merge(&event.data, &TAKEN, "data.");
        record.map("context", &event.context);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::array(records, out)
    }
}
