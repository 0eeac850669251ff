//! Events as Text Lines takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, Record, TimeFormat, filled, lookup};
use super::super::cloud_sink_parts::framing;
use super::super::cloud_sink_parts::line::Line;
use super::super::cloud_sink_parts::rest::{self, Rest};
use super::config::TextLinesSinkConfig;

/// Writes events for Text Lines.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct TextLinesEncoder {
    url: Option<String>,
}

impl TextLinesEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &TextLinesSinkConfig) -> Self {
        Self {
            url: filled(&[&config.url]),
        }
    }
}

impl Encoder for TextLinesEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut line = Line::begin(out);
        line.add(&event.timestamp.written(TimeFormat::SpacedMillis));
        line.add(&" ");
        line.add(&event.level.as_lower().to_uppercase());
        line.text(&[&" [", &lookup(&event.context, &["trace_id"]), &"] "]);
        if !event.logger.is_empty() {
            line.add(&event.logger);
        } else if self.url.is_some() {
            line.add(&self.url);
        } else {
            line.add(&"root");
        }
        line.add(&": ");
        line.add(&event.message);
        line.add(&lookup(&event.context, &["user"]));
        let members = Rest::USUAL.all(&[("data.", &event.data)]);
        line.json(rest::object(&members).as_deref());
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        framing::lines(b"", b"\n", records, out)
    }
}
