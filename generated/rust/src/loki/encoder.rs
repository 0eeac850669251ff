//! Events as Grafana Loki takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, filled, lookup};
use super::super::cloud_sink_parts::streams::{self, LabelField, Labels, StreamEntry, Streams};
use super::config::LokiSinkConfig;

/// Writes events for Grafana Loki.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct LokiEncoder {
    streams: Streams,
    service_name: Option<String>,
    labels: Vec<(String, String)>,
    label_fields: Vec<LabelField>,
}

impl LokiEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &LokiSinkConfig) -> Self {
        Self {
            streams: Streams::new(config.max_streams, "overflow"),
            service_name: filled(&[&config.service_name]),
            labels: streams::pairs(&config.labels),
            label_fields: streams::fields(&config.label_fields),
        }
    }

    /// The labels of an event's stream; the first to give a name wins.
    fn write_labels(&self, event: &Event, labels: &mut Labels<'_>) {
        labels.fixed("service_name", &self.service_name);
        labels.event("service_name", &lookup(&event.diagnostics, &["service"]));
        labels.pairs(&self.labels);
        labels.fields(event, &self.label_fields);
    }
}

impl Encoder for LokiEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut entry = StreamEntry::begin(out, event.timestamp);
        entry.line(|out| {
            let mut line = JsonObject::begin(out);
            line.string("level", event.level.as_lower());
            if !event.logger.is_empty() {
                line.string("logger", &event.logger);
            }
            line.string("message", &event.message);
            line.map("context", &event.context);
            line.map("diagnostics", &event.diagnostics);
            line.map("data", &event.data);
            line.end();
        });
        entry.metadata("level", &event.level);
        entry.metadata("logger", &event.logger);
        entry.metadata("trace_id", &lookup(&event.context, &["trace_id"]));
        entry.metadata("span_id", &lookup(&event.context, &["span_id"]));
        entry.metadata(
            "correlation_id",
            &lookup(&event.context, &["correlation_id"]),
        );
        entry.metadata("request_id", &lookup(&event.context, &["request_id"]));
        entry.end();
        Some(self.streams.group(|set| self.write_labels(event, set)))
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        streams::write(records, out)
    }
}
