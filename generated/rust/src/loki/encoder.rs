//! Events as Grafana Loki takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, lookup};
use super::super::cloud_sink_parts::streams::{self, LabelField, Labels, StreamEntry, Streams};
use super::config::LokiSinkConfig;

/// Writes events for Grafana Loki.
///
/// Settings that stand in every record are encoded once, here.
#[derive(Debug)]
pub struct LokiEncoder {
    service_name: Option<String>,
    labels: Vec<(String, String)>,
    label_fields: Vec<LabelField>,
    streams: Streams,
}

impl LokiEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &LokiSinkConfig) -> Self {
        Self {
            service_name: streams::present(config.service_name.as_deref()),
            labels: streams::pairs(&config.labels),
            label_fields: streams::fields(&config.label_fields),
            streams: Streams::new(config.max_streams, "overflow"),
        }
    }

    /// The labels of an event's stream; the first to give a name wins.
    fn write_labels(&self, event: &Event, labels: &mut Labels<'_>) {
        if let Some(value) = &self.service_name {
            labels.fixed("service_name", value);
        } else if let Some(value) = lookup(&event.diagnostics, &["service"]) {
            labels.value("service_name", value);
        }
        labels.pairs(&self.labels);
        labels.fields(event, &self.label_fields);
    }

    /// The line of a stream's entry.
    fn write_event(event: &Event, out: &mut Vec<u8>) {
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
    }
}

impl Encoder for LokiEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut entry = StreamEntry::begin(out, event.timestamp);
        entry.line(|out| Self::write_event(event, out));
        entry.string("level", event.level.as_lower());
        entry.string("logger", &event.logger);
        if let Some(value) = lookup(&event.context, &["trace_id"]) {
            entry.value("trace_id", value);
        }
        if let Some(value) = lookup(&event.context, &["span_id"]) {
            entry.value("span_id", value);
        }
        if let Some(value) = lookup(&event.context, &["correlation_id"]) {
            entry.value("correlation_id", value);
        }
        if let Some(value) = lookup(&event.context, &["request_id"]) {
            entry.value("request_id", value);
        }
        entry.end();
        Some(self.streams.group(|set| self.write_labels(event, set)))
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        streams::write(records, out)
    }
}
