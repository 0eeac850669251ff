//! Events as OTLP over HTTP takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonObject, Level, Record, TimeFormat, Timestamp,
};
use super::super::cloud_sink_parts::rest::Rest;
use super::super::cloud_sink_parts::{constant, framing, otlp};
use super::config::OtlpJsonSinkConfig;

/// Writes events for OTLP over HTTP.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct OtlpJsonEncoder {
    service: Option<Vec<u8>>,
}

impl OtlpJsonEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &OtlpJsonSinkConfig) -> Self {
        Self {
            service: constant::text(&[&config.service]),
        }
    }

    /// Bytes that settings and literals take in it.
    #[must_use]
    pub fn envelope_len(&self) -> usize {
        self.envelope().len() - 2
    }

    /// The text around the records of a request.
    fn envelope(&self) -> Vec<u8> {
        let mut text = Vec::new();
        let mut body = JsonObject::begin(&mut text);
        body.list("resourceLogs", |list| {
            list.object(|inner| {
                inner.object("resource", |inner| {
                    inner.list("attributes", |list| {
                        list.object(|inner| {
                            inner.string("key", "service.name");
                            inner.object("value", |inner| {
                                inner.constant("stringValue", &self.service);
                            });
                        });
                    });
                });
                inner.list("scopeLogs", |list| {
                    list.object(|inner| {
                        inner.object("scope", |inner| {
                            inner.string("name", "fapilog");
                        });
                        inner.encoded("logRecords", framing::RECORDS);
                    });
                });
            });
        });
        body.end();
        text
    }
}

impl Encoder for OtlpJsonEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timeUnixNano", event.timestamp, TimeFormat::UnixNanosText);
        record.time(
            "observedTimeUnixNano",
            Timestamp::now(),
            TimeFormat::UnixNanosText,
        );
        record.i64("severityNumber", level_word(&event.level));
        record.string("severityText", &event.level.as_lower().to_uppercase());
        record.object("body", |inner| {
            inner.string("stringValue", &event.message);
        });
        record.optional("traceId", &event.context, &["trace_id"]);
        record.optional("spanId", &event.context, &["span_id"]);
        let members = Rest::USUAL.all(&[
            ("data.", &event.data),
            ("context.", &event.context),
            ("diagnostics.", &event.diagnostics),
        ]);
        record.some("attributes", otlp::attributes(&members));
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope();
        framing::within(&envelope, records, out)
    }
}

/// The provider's number for a level.
fn level_word(level: &Level) -> i64 {
    match level {
        Level::Trace => 1,
        Level::Debug => 5,
        Level::Info | Level::Audit | Level::Security | Level::Custom(_) => 9,
        Level::Notice => 10,
        Level::Warning => 13,
        Level::Error => 17,
        Level::Critical => 21,
    }
}
