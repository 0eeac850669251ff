//! What the providers' tests share: worked examples as events and bodies, what outcomes hold, and
//! a sink that keeps to a provider's limits but only notes what it would send.

#![allow(
    clippy::missing_panics_doc,
    reason = "a worked example that cannot be read fails its test; the lint is silent in a program"
)]

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, Encoder, Event, HealthError, Level, Outcome, Record, Report,
    SinkParts, Surroundings, Timestamp, Transport,
};

/// Longer than anything takes, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// The moment the tests take for now: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045_000_000_000;

/// Settings from a JSON object.
#[must_use]
pub fn settings(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).expect("a JSON object")
}

/// The body of a request with these events.
#[must_use]
pub fn body(encoder: &dyn Encoder, events: &[&str]) -> String {
    written_body(encoder, &records(encoder, events))
}

/// The body of a request with these records.
#[must_use]
pub fn written_body(encoder: &dyn Encoder, records: &[Record]) -> String {
    String::from_utf8(bytes(encoder, records)).expect("UTF-8")
}

/// The body of a request with these records, in hexadecimal.
#[must_use]
pub fn hex_body(encoder: &dyn Encoder, records: &[Record]) -> String {
    let body = bytes(encoder, records);
    let halves = body.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}

fn bytes(encoder: &dyn Encoder, records: &[Record]) -> Vec<u8> {
    let mut body = Vec::new();
    encoder
        .write_payload(records, &mut body)
        .expect("writing to memory");
    body
}

/// The records of these events.
#[must_use]
pub fn records(encoder: &dyn Encoder, events: &[&str]) -> Vec<Record> {
    let events = events.iter();
    events
        .map(|json| {
            let entry = serde_json::from_str(json).expect("JSON");
            record(encoder, &Event::from_json_at(entry, example_now()))
        })
        .collect()
}

/// The moment of worked examples: 2026-01-02T03:04:06Z. Events that tell no time happened then.
const fn example_now() -> Timestamp {
    Timestamp::from_unix_nanos(1_767_323_046_000_000_000)
}

/// Makes the moment of worked examples that of `Timestamp::now` for the rest of the test.
pub fn stop_clock() {
    Timestamp::stop_clock(example_now());
}

fn record(encoder: &dyn Encoder, event: &Event) -> Record {
    let mut bytes = Vec::new();
    let group = encoder.encode(event, &mut bytes);
    Record {
        bytes: bytes.into(),
        timestamp: event.timestamp,
        group,
        entry: None,
    }
}

/// An event of this moment.
#[must_use]
pub fn event_now() -> Event {
    let now = Timestamp::from_system_time(SystemTime::now());
    Event::new(now, Level::Info, "order placed")
}

/// The delay an answer asked for.
#[must_use]
pub fn retry_after(outcome: &Outcome) -> Option<Duration> {
    match outcome {
        Outcome::Throttled { retry_after, .. } | Outcome::Transient { retry_after, .. } => {
            *retry_after
        }
        _ => None,
    }
}

/// What an answer gave as its reason.
#[must_use]
pub fn reason(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Split { reason }
        | Outcome::Bisect { reason }
        | Outcome::Throttled { reason, .. }
        | Outcome::Transient { reason, .. }
        | Outcome::Paused { reason }
        | Outcome::Uncertain { reason, .. }
        | Outcome::Rejected { reason } => reason,
        Outcome::Delivered | Outcome::Partial { .. } => panic!("{outcome:?} has no reason"),
    }
}

/// Indices rejected, and indices to be sent again.
#[must_use]
pub fn partial(outcome: Outcome) -> (Vec<usize>, Vec<usize>) {
    match outcome {
        Outcome::Partial { rejected, retry } => {
            (rejected.into_iter().map(|item| item.index).collect(), retry)
        }
        other => panic!("{other:?}"),
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}

/// Equal events, all of the same moment and as short as they can be unless told otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Events {
    count: i64,
    record_bytes: Option<usize>,
    seconds_apart: i64,
    seconds_old: i64,
}

/// `count` events.
#[must_use]
pub const fn events(count: i64) -> Events {
    Events {
        count,
        record_bytes: None,
        seconds_apart: 0,
        seconds_old: 0,
    }
}

impl Events {
    /// Padded until each record has `bytes`.
    #[must_use]
    pub const fn of_bytes(mut self, bytes: usize) -> Self {
        self.record_bytes = Some(bytes);
        self
    }

    /// Each `seconds` after the one before.
    #[must_use]
    pub const fn seconds_apart(mut self, seconds: i64) -> Self {
        self.seconds_apart = seconds;
        self
    }

    /// The newest written `seconds` after its time; before it when negative.
    #[must_use]
    pub const fn seconds_old(mut self, seconds: i64) -> Self {
        self.seconds_old = seconds;
        self
    }

    /// The events; `encoder` tells how long their records are.
    #[must_use]
    pub fn encoded_by(&self, encoder: &dyn Encoder) -> Vec<Event> {
        let at = |seconds: i64| Timestamp::from_unix_nanos(NOW - seconds * 1_000_000_000);
        let mut pattern = Event::new(at(self.seconds_old), Level::Info, "");
        let shortest = record(encoder, &pattern).bytes.len();
        let padding = self.record_bytes.map_or(0, |bytes| bytes - shortest);
        pattern.message = "x".repeat(padding);
        // What says how long a record is may have grown with it.
        let length = record(encoder, &pattern).bytes.len();
        let over = length.saturating_sub(self.record_bytes.unwrap_or(length));
        pattern.message.truncate(padding - over);
        let older = |index: i64| Event {
            timestamp: at(self.seconds_old + (self.count - 1 - index) * self.seconds_apart),
            ..pattern.clone()
        };
        (0..self.count).map(older).collect()
    }
}

/// Takes every batch and keeps the lengths of its records.
#[derive(Default)]
struct Scale {
    lengths: Mutex<Vec<usize>>,
}

impl Transport for Scale {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        let mut lengths = self.lengths.lock().unwrap_or_else(PoisonError::into_inner);
        lengths.extend(batch.records.iter().map(|record| record.bytes.len()));
        Box::pin(async { Outcome::Delivered })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { Ok(()) })
    }
}

/// Writes events to a sink with batches as large as the provider allows. Returns its report and the
/// lengths of the records that were sent.
#[must_use]
pub fn written(mut parts: SinkParts, events: &[Event]) -> (Report, Vec<usize>) {
    let scale = Arc::new(Scale::default());
    let shared = Arc::clone(&scale);
    parts.transport = Box::new(move || Ok(shared));
    parts.delivery.batch_size = parts.limits.max_batch_events;
    parts.delivery.batch_bytes = parts.limits.max_batch_bytes;
    parts.delivery.batch_timeout = Duration::from_secs(3_600);
    parts.delivery.queue_max_events = events.len().max(1);
    parts.delivery.queue_max_bytes = usize::MAX;
    let report = run(parts, events);
    let lengths = scale.lengths.lock().unwrap_or_else(PoisonError::into_inner);
    (report, lengths.clone())
}

fn run(parts: SinkParts, events: &[Event]) -> Report {
    let surroundings = Surroundings {
        wall_clock: Box::new(|| Timestamp::from_unix_nanos(NOW)),
        seed: 1,
    };
    block_on(async {
        let (sink, worker) = CloudSink::assemble(parts, surroundings).expect("a sink");
        tokio::spawn(worker.run());
        for event in events {
            sink.try_write(event).expect("room in the queue");
        }
        sink.stop(PATIENCE).await
    })
}
