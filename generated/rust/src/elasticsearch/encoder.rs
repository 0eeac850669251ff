//! Events as Elasticsearch takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{Encoder, Event, Group, JsonObject, Record, TimeFormat};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::ElasticsearchSinkConfig;

/// Writes events for Elasticsearch.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct ElasticsearchEncoder {
    data_stream: Option<Vec<u8>>,
}

impl ElasticsearchEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &ElasticsearchSinkConfig) -> Self {
        Self {
            data_stream: constant::text(&[&config.data_stream]),
        }
    }

    /// Bytes that settings and literals take in it.
    #[must_use]
    pub fn before_len(&self) -> usize {
        self.before().len() - 1
    }

    /// The line before each record.
    fn before(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut body = JsonObject::begin(&mut text);
        body.object("create", |inner| {
            inner.constant("_index", self.data_stream.as_deref());
        });
        body.end();
        text.push(b'\n');
        text
    }
}

impl Encoder for ElasticsearchEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("@timestamp", event.timestamp, TimeFormat::Rfc3339Nanos);
        record.string("log.level", event.level.as_lower());
        record.string("message", &event.message);
        record.string("ecs.version", "8.11.0");
        if !event.logger.is_empty() {
            record.string("log.logger", &event.logger);
        }
        record.optional("service.name", &event.diagnostics, &["service"]);
        record.optional("host.name", &event.diagnostics, &["host"]);
        record.optional("trace.id", &event.context, &["trace_id"]);
        record.optional("span.id", &event.context, &["span_id"]);
        record.optional(
            "error.type",
            &event.diagnostics,
            &["exception", "error.type"],
        );
        record.optional(
            "error.message",
            &event.diagnostics,
            &["exception", "error.message"],
        );
        record.optional(
            "error.stack_trace",
            &event.diagnostics,
            &["exception", "error.stack"],
        );
        record.map("fapilog.context", &event.context);
        record.map("fapilog.diagnostics", &event.diagnostics);
        record.map("fapilog.data", &event.data);
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let before = self.before();
        framing::lines(&before, b"\n", records, out)
    }
}
