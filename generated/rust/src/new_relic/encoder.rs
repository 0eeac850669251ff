//! Events as New Relic takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, Group, JsonList, JsonObject, Record, TimeFormat,
};
use super::super::cloud_sink_parts::rest::{Rest, RestValues};
use super::super::cloud_sink_parts::{constant, framing};
use super::config::NewRelicSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 2] = ["level", "logger"];

/// How members that have no place of their own are made.
const REST: Rest = Rest {
    values: RestValues::Scalars,
    max: Some(250),
    ..Rest::USUAL
};

/// Writes events for New Relic.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct NewRelicEncoder {
    logtype: Option<Vec<u8>>,
    service: Option<Vec<u8>>,
}

impl NewRelicEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &NewRelicSinkConfig) -> Self {
        Self {
            logtype: constant::json(&config.logtype),
            service: constant::json(&config.service),
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
        let mut body = JsonList::value_of(&mut text);
        body.list(|list| {
            list.object(|inner| {
                inner.object("common", |inner| {
                    inner.object("attributes", |inner| {
                        inner.constant("logtype", &self.logtype);
                        inner.constant("service.name", &self.service);
                    });
                });
                inner.encoded("logs", framing::RECORDS);
            });
        });
        body.or_null();
        text
    }
}

impl Encoder for NewRelicEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("timestamp", event.timestamp, TimeFormat::UnixMillis);
        record.string("message", &event.message);
        record.object("attributes", |inner| {
            inner.string("level", event.level.as_lower());
            if !event.logger.is_empty() {
                inner.string("logger", &event.logger);
            }
            REST.merge(
                inner,
                &[("data.", &event.data), ("context.", &event.context)],
                &TAKEN,
            );
        });
        record.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope();
        framing::within(&envelope, records, out)
    }
}
