//! Events as Odd Names takes them: event to record, records to request body.

use std::io::{self, Write};

use super::super::cloud_sink_base::{
    Encoder, Event, First, Group, JsonList, JsonObject, Level, Record, TimeFormat, Timestamp,
    filled, lookup, lookup_text,
};
use super::super::cloud_sink_parts::request::Shared;
use super::super::cloud_sink_parts::rest::{self, Rest, RestValues};
use super::super::cloud_sink_parts::{constant, encoded, framing, otlp, partition};
use super::config::OddNamesSinkConfig;

/// Keys of an object that a merged member must not take.
const TAKEN: [&str; 1] = ["m"];

/// How members that have no place of their own are made.
const REST: Rest = Rest {
    prefix: "_",
    flatten: Some("."),
    values: RestValues::Texts,
    keys: Some("A-Za-z0-9_."),
    max: Some(5),
};

/// Writes events for Odd Names.
///
/// Settings that stand in records are made ready once, here.
#[derive(Debug)]
pub struct OddNamesEncoder {
    label: Option<String>,
    kind: Option<String>,
    config: Option<String>,
    out: Option<String>,
    label2: Option<Vec<u8>>,
    out2: Option<Vec<u8>>,
    kind2: Option<Vec<u8>>,
    config2: Option<Vec<u8>>,
    errors: Option<Vec<u8>>,
    request: Option<Vec<u8>>,
    streams: Option<Vec<u8>>,
    out3: Option<Vec<u8>>,
    event: Option<Vec<u8>>,
    encoder: Option<Vec<u8>>,
    matches: Option<Vec<u8>>,
}

impl OddNamesEncoder {
    /// An encoder for these settings.
    #[must_use]
    pub fn new(config: &OddNamesSinkConfig) -> Self {
        Self {
            label: filled(&[&config.label]),
            kind: filled(&[&config.kind]),
            config: filled(&[&config.config]),
            out: filled(&[&config.out]),
            label2: constant::json(&config.label),
            out2: constant::text(&[&config.out]),
            kind2: constant::text(&[&config.kind]),
            config2: constant::json(&config.config),
            errors: constant::json(&config.errors),
            request: constant::json(&config.request),
            streams: constant::json(&config.streams),
            out3: constant::json(&config.out),
            event: constant::json(&config.event),
            encoder: constant::text(&[&config.encoder]),
            matches: constant::text(&[&config.matches]),
        }
    }

    /// Bytes that settings and literals take in it.
    #[must_use]
    pub fn envelope_len(&self) -> usize {
        self.envelope(&Shared::of(&[])).len() - 2
    }

    /// The text around the records of a request.
    fn envelope(&self, shared: &Shared) -> Vec<u8> {
        let mut text = Vec::new();
        let mut body = JsonList::value_of(&mut text);
        body.list(|list| {
            list.object(|inner| {
                inner.object("meta", |inner| {
                    inner.constant("type", &self.kind2);
                    inner.constant("n", &self.config2);
                    inner.constant("f", &self.errors);
                    inner.constant("b", &self.request);
                    inner.constant("l", &self.streams);
                    inner.constant("m", &self.out3);
                    inner.constant("d", &self.event);
                    inner.constant("e", &self.encoder);
                    inner.constant("mm", &self.matches);
                    inner.time("t", Timestamp::now(), TimeFormat::UnixSeconds);
                    inner.text("shard", &[&shared.value(0)]);
                });
                inner.encoded("list", framing::RECORDS);
            });
        });
        body.or_null();
        text
    }
}

impl Encoder for OddNamesEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut record = JsonObject::begin(out);
        record.time("time", event.timestamp, TimeFormat::UnixMillisMicros);
        record.string("msg", &event.message);
        record.string("lvl", &event.level.as_lower().to_uppercase());
        record.text(
            "text",
            &[
                &self.kind,
                &"/",
                &First(&[
                    &lookup(&event.context, &["a"]),
                    &lookup(&event.data, &["b"]),
                ]),
                &"/",
                &self.config,
                &"-",
                &self.out,
            ],
        );
        record.list("list", |list| {
            list.string(&event.message);
            if let Some(value) = lookup(&event.context, &["a"]) {
                list.value(value);
            } else {
                list.string("none");
            }
            list.i64(12);
            list.constant(&self.label2);
            list.list(|list| {
                if !event.logger.is_empty() {
                    list.string(&event.logger);
                }
                list.object(|inner| {
                    inner.string("x", level_word(&event.level));
                });
            });
            list.encoded(b"12.5");
        });
        record.object("nested", |inner| {
            inner.object("deep", |inner| {
                if let Some(json) = &self.label2 {
                    inner.encoded("a", json);
                } else if let Some(value) = lookup(&event.context, &["x"]) {
                    inner.value("a", value);
                } else if !event.logger.is_empty() {
                    inner.string("a", &event.logger);
                } else {
                    inner.string("a", "zz");
                }
                if let Some(text) = lookup_text(&event.data, &["b"]) {
                    inner.string("b64", &encoded::base64_text(&text));
                }
                if let Some(value) = lookup(&event.data, &["b"]) {
                    inner.raw("ot", |out| otlp::push_any_value(out, value));
                }
                if let Some(text) = lookup_text(&event.data, &["n"]) {
                    inner.string("tx", &text);
                }
            });
        });
        let text = encoded::json_text("!", |out| {
            let mut inner = JsonObject::begin(out);
            inner.string("m", &event.message);
            inner.merge(&event.diagnostics, &TAKEN, "diagnostics.");
            inner.end();
        });
        record.some("packed", text);
        let members = REST.all(&[("data.", &event.data), ("context.", &event.context)]);
        record.some("flat", rest::object(&members));
        record.constant("joined", &self.out2);
        record.end();
        let group = partition::group(&[&First(&[&lookup(&event.data, &["shard"]), &self.label])]);
        Some(group)
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        let envelope = self.envelope(&Shared::of(records));
        framing::within(&envelope, records, out)
    }
}

/// The provider's word for a level.
fn level_word(level: &Level) -> &str {
    match level {
        Level::Trace
        | Level::Debug
        | Level::Info
        | Level::Notice
        | Level::Warning
        | Level::Error
        | Level::Critical
        | Level::Audit
        | Level::Security
        | Level::Custom(_) => "other",
    }
}
