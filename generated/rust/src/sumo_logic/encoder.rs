//! Events as Sumo Logic takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, First, Group, Record, TimeFormat, filled, lookup,
};
use super::super::cloud_sink_parts::line::Line;
use super::super::cloud_sink_parts::rest::{self, Rest};
use super::super::cloud_sink_parts::{framing, partition};
use super::config::SumoLogicSinkConfig;

/// Writes events for Sumo Logic.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct SumoLogicEncoder {
    category: Option<String>,
}

impl SumoLogicEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &SumoLogicSinkConfig) -> Self {
        Self {
            category: filled(&[&config.category]),
        }
    }
}

impl Encoder for SumoLogicEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut line = Line::begin(out);
        line.add(&event.timestamp.written(TimeFormat::Rfc3339Millis));
        line.add(&" ");
        line.add(&event.level.as_lower().to_uppercase());
        line.add(&" ");
        line.add(&event.message);
        line.add(&" ");
        let members = Rest::USUAL.all(&[("data.", &event.data)]);
        line.json(rest::object(&members).as_deref());
        let group = partition::group(&[&First(&[
            &lookup(&event.data, &["category"]),
            &self.category,
        ])]);
        Some(group)
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"\n", records, out)
    }
}
