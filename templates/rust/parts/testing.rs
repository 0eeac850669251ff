//! What the providers' tests share: worked examples as events and bodies, and what outcomes hold.

#![allow(
    clippy::missing_panics_doc,
    reason = "a worked example that cannot be read fails its test; the lint is silent in a program"
)]

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{
    CloudSink, Encoder, Event, FlushError, Level, Outcome, Record, Timestamp,
};

/// Longer than anything takes, however busy the machine is.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Settings from a JSON object.
#[must_use]
pub fn settings(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).expect("a JSON object")
}

/// The body of a request with these events.
#[must_use]
pub fn body(encoder: &dyn Encoder, events: &[&str]) -> String {
    let records: Vec<Record> = events
        .iter()
        .map(|json| {
            let entry = serde_json::from_str(json).expect("JSON");
            record(encoder, &Event::from_json(entry))
        })
        .collect();
    let mut body = Vec::new();
    encoder
        .write_payload(&records, &mut body)
        .expect("writing to memory");
    String::from_utf8(body).expect("UTF-8")
}

pub(super) fn record(encoder: &dyn Encoder, event: &Event) -> Record {
    let mut bytes = Vec::new();
    let group = encoder.encode(event, &mut bytes);
    Record {
        bytes: bytes.into(),
        timestamp: event.timestamp,
        group,
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

/// Flushes a running sink.
///
/// # Errors
///
/// What the flush gives.
pub fn flush(sink: &CloudSink) -> Result<(), FlushError> {
    block_on(sink.flush(PATIENCE))
}

pub(super) fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
        .block_on(future)
}
