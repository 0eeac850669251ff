//! What a sink means, carried out: events to requests, answers to outcomes.
//!
//! The reference that `validate` and `preview` run and that generated sinks are compared with, byte
//! for byte. It favours being read over speed, delivers nothing and keeps nothing.

mod acknowledgement;
mod answer;
mod encode;
mod event;
mod examples;
mod labels;
mod pack;
mod request;
mod rest;
mod settings;
mod time;
mod url;

// Times are read by the very code that the Rust sinks have: a calendar has no second opinion. The cases
// of docs/events.md hold it in every language.
#[path = "../../../templates/rust/cloud_sink_base/cursor.rs"]
mod cursor;
#[path = "../../../templates/rust/cloud_sink_base/time_text.rs"]
mod time_text;

pub use acknowledgement::{Exchange, exchange};
pub use answer::{Reply, Verdict, WhatNow, from_hex, interpret};
pub use event::{Event, Time};
pub use examples::add_examples;
pub use pack::{Packed, Too, pack};
pub use request::{Header, Request, acknowledgement, address, filled, health, request};
pub use settings::{Refusal, Settings};

use super::model::{Form, Sink};
use encode::Scope;

/// One encoded event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The record as it stands in the body; of protobuf, its JSON form.
    pub bytes: String,
    /// Bytes it takes in the body.
    pub length: usize,
    /// Bytes as the event's limit counts them.
    pub counted: usize,
    /// Nanoseconds since 1970.
    pub timestamp: i64,
    /// What it shares with the events it travels with: its label set, or the JSON array of the
    /// partition's values.
    pub group: Option<String>,
}

/// A sink with settings, ready to encode.
#[derive(Debug)]
pub struct Interpreter<'s> {
    sink: &'s Sink,
    settings: Settings,
    streams: labels::Streams,
}

impl<'s> Interpreter<'s> {
    /// A sink with these settings.
    #[must_use]
    pub fn new(sink: &'s Sink, settings: Settings) -> Self {
        let streams = labels::Streams::new(sink, &settings);
        Self {
            sink,
            settings,
            streams,
        }
    }

    /// The sink.
    #[must_use]
    pub const fn sink(&self) -> &'s Sink {
        self.sink
    }

    /// Its settings.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Encodes an event at the moment `now`, nanoseconds since 1970; its message is cut where the
    /// limits say so.
    pub fn encode(&mut self, event: &Event, now: i64) -> Encoded {
        let clamped = pack::clamped(self.sink, event, now);
        let event = clamped.as_ref().unwrap_or(event);
        let encoded = self.encode_whole(event, now);
        match pack::shortened(self.sink, event, &encoded) {
            Some(shorter) => self.encode_whole(&shorter, now),
            None => encoded,
        }
    }

    /// The same, not cut.
    pub fn encode_whole(&mut self, event: &Event, now: i64) -> Encoded {
        let scope = Scope::of_event(self.sink, &self.settings, event, now);
        let mut bytes = String::new();
        let mut counted = scope.record(&self.sink.payload.record, &mut bytes);
        let mut length = bytes.len();
        if matches!(self.sink.payload.form, Form::OtlpProtobuf { .. }) {
            length = request::protobuf_record(&bytes).len();
            counted = length;
        }
        let group = self.streams.group(&scope).or_else(|| scope.partition());
        Encoded {
            bytes,
            length,
            counted,
            timestamp: event.timestamp,
            group,
        }
    }
}
