//! Checks of a push that need no memory of what came before.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::Value;

use super::answer::{self, Fate, Reply};
use super::clock::SECOND;
use super::decode::{self, DecodeError};
use super::framing;
use super::gate::{self, Barred, Incoming};
use super::judge::Judgement;
use super::otlp;
use super::record;
use super::{Clients, MockOptions};
use crate::sink::{BatchBasis, Form, Ordering, Sink, TimeLimit, TimePolicy};

/// One record after every check that needs no memory.
#[derive(Debug)]
pub(super) struct Examined {
    pub text: String,
    /// Where in it begins what is the same in every request.
    pub own: usize,
    pub group: Option<Arc<Value>>,
    pub timestamp: Option<i64>,
    pub fate: Fate,
}

/// A body after every check that needs no memory.
#[derive(Debug)]
pub(super) struct Push {
    pub body_bytes: usize,
    pub records: Vec<Examined>,
}

/// Largest body read, on the wire and inflated: enough to tell "too large" from "never ends".
pub(super) fn body_bound(sink: &Sink) -> usize {
    let limit = usize::try_from(sink.limits.max_batch_bytes.value).unwrap_or(usize::MAX);
    limit.saturating_mul(2).saturating_add(1024 * 1024)
}

/// Checks all that needs no memory; the error is a request refused as a whole.
pub(super) fn examine(
    sink: &Sink,
    options: &MockOptions,
    request: &Incoming,
) -> Result<Push, Box<Judgement>> {
    pass_gate(sink, options, request)?;
    let (now, clients) = (options.now.now(), options.clients);
    let body = decoded(sink, clients, request)?;
    let body_bytes = body.len();
    let text = text(sink, &body);
    let raw = text
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|(text, _)| framing::split(sink, clients, text))
        .map_err(|problem| Box::new(malformed(sink, problem).with_body(body_bytes, 0)))?;
    let found = raw.len();
    if found == 0 {
        return Err(Box::new(empty(sink).with_body(body_bytes, 0)));
    }
    let overhead = match sink.limits.batch_basis {
        BatchBasis::Records { overhead } => overhead,
        BatchBasis::Body | BatchBasis::Wire => 0,
    };
    let mut counted = 0;
    let mut on_wire = text.iter().flat_map(|(_, bytes)| bytes.iter().copied());
    let records: Vec<_> = raw
        .into_iter()
        .map(|raw| {
            let (record, bytes) = one(sink, (now, clients), raw, on_wire.next());
            counted += bytes as u64 + overhead;
            record
        })
        .collect();
    if let Err(problem) = check_counts(sink, found as u64, counted) {
        return Err(Box::new(
            too_large(sink, problem).with_body(body_bytes, found),
        ));
    }
    if let Err(problem) = together(sink, &records) {
        return Err(Box::new(
            malformed(sink, problem).with_body(body_bytes, found),
        ));
    }
    Ok(Push {
        body_bytes,
        records,
    })
}

/// A body as text; protobuf as its JSON form, with what its records took on the wire.
fn text<'b>(sink: &Sink, body: &'b [u8]) -> Result<(Cow<'b, str>, Vec<usize>), String> {
    if matches!(sink.payload.form, Form::OtlpProtobuf { .. }) {
        let decoded = otlp::decode(body)?;
        return Ok((Cow::Owned(decoded.json), decoded.record_bytes));
    }
    let text = std::str::from_utf8(body)
        .map_err(|error| format!("the body is not UTF-8 at byte {}", error.valid_up_to()))?;
    Ok((Cow::Borrowed(text), Vec::new()))
}

fn malformed(sink: &Sink, problem: impl Into<String>) -> Judgement {
    Judgement::refused(Reply::from_spec(&sink.canned.malformed), problem)
}

fn too_large(sink: &Sink, problem: impl Into<String>) -> Judgement {
    Judgement::refused(Reply::from_spec(&sink.canned.too_large), problem)
}

/// The body without its encoding, if that is offered and the size allowed.
fn decoded(sink: &Sink, clients: Clients, request: &Incoming) -> Result<Vec<u8>, Box<Judgement>> {
    let header = request.header("content-encoding");
    let coding =
        decode::coding(header).filter(|coding| coding.is_taken(&sink.compression, clients));
    let Some(coding) = coding else {
        let found = header.unwrap_or_default();
        let problem = format!("content encoding `{found}` is not offered");
        return Err(Box::new(malformed(sink, problem)));
    };
    let bound = body_bound(sink);
    let body = decode::decode(coding, &request.wire, bound).map_err(|error| match error {
        DecodeError::TooLarge => too_large(
            sink,
            format!("the body is larger than {bound} bytes once decoded"),
        ),
        DecodeError::Corrupt(problem) => malformed(sink, problem),
    })?;
    let limit = sink.limits.max_batch_bytes.value;
    // A vendor's own client overshoots by what it does not count, and where a spec stays on the safe side of
    // "1 MB": azure-monitor-ingestion 1.1.0 sends 1,050,558 bytes where the spec says 1,000,000, and is taken.
    let most = match clients {
        Clients::Sinks => limit,
        Clients::Any => limit + limit / 10,
    };
    let size = match sink.limits.batch_basis {
        BatchBasis::Body => body.len(),
        BatchBasis::Wire => request.wire.len(),
        BatchBasis::Records { .. } => 0,
    };
    if size as u64 > most {
        let problem = format!("{size} bytes in the body, limit {limit}");
        return Err(Box::new(too_large(sink, problem).with_body(size, 0)));
    }
    Ok(body)
}

/// Checks the number of events and, where the provider counts records, their bytes.
fn check_counts(sink: &Sink, found: u64, counted: u64) -> Result<(), String> {
    if let Some(most) = &sink.limits.max_batch_events
        && found > most.value
    {
        return Err(format!(
            "{found} events in the request, limit {}",
            most.value
        ));
    }
    let limit = &sink.limits.max_batch_bytes;
    let is_counted = matches!(sink.limits.batch_basis, BatchBasis::Records { .. });
    if is_counted && counted > limit.value {
        return Err(format!(
            "{counted} bytes counted in the request, limit {}",
            limit.value
        ));
    }
    Ok(())
}

fn pass_gate(sink: &Sink, options: &MockOptions, request: &Incoming) -> Result<(), Box<Judgement>> {
    let Some(endpoint) = sink.endpoint() else {
        return Err(Box::new(Judgement::refused(
            Reply::text(404, "not found"),
            "the spec has no endpoint",
        )));
    };
    let Err(barred) = gate::check(sink, endpoint, options, request) else {
        return Ok(());
    };
    Err(Box::new(match barred {
        Barred::NotFound(problem) => Judgement::refused(Reply::text(404, "not found"), problem),
        Barred::Method(problem) => {
            Judgement::refused(Reply::text(405, "method not allowed"), problem)
        }
        Barred::Unauthorized(problem) => {
            Judgement::refused(answer::unauthorized(&sink.canned), problem)
        }
        Barred::Malformed(problem) => {
            Judgement::refused(Reply::from_spec(&sink.canned.malformed), problem)
        }
    }))
}

fn empty(sink: &Sink) -> Judgement {
    let reply = match sink.payload.form {
        // Observed with Loki 3.7.8 for `{}` and for an empty list.
        Form::Streams(_) => Reply::text(
            422,
            "error at least one valid stream is required for ingestion",
        ),
        _ => Reply::from_spec(&sink.canned.malformed),
    };
    Judgement::refused(reply, "no records in the body")
}

/// Judges one record by itself; gives the bytes the vendor counts for it too. `on_wire` is how many
/// it took, where its text is another form of it.
fn one(
    sink: &Sink,
    (now, clients): (i64, Clients),
    raw: framing::RawRecord<'_>,
    on_wire: Option<usize>,
) -> (Examined, usize) {
    let mut checked = record::check(sink, clients, &raw.node, raw.text);
    if let (Ok(checked), Some(bytes)) = (&mut checked, on_wire) {
        checked.bytes = bytes;
    }
    let (fate, timestamp, bytes) = match checked {
        Err(problem) => (Fate::Refused(problem), None, raw.text.len()),
        Ok(checked) => {
            let fate = match raw.problem {
                Some(problem) => Fate::Refused(problem.to_string()),
                None => by_limits(sink, now, checked.timestamp, checked.bytes),
            };
            (fate, checked.timestamp, checked.bytes)
        }
    };
    let record = Examined {
        text: raw.text.to_owned(),
        own: raw.own,
        group: raw.group,
        timestamp,
        fate,
    };
    (record, bytes)
}

fn by_limits(sink: &Sink, now: i64, timestamp: Option<i64>, bytes: usize) -> Fate {
    let limit = sink.limits.max_event_bytes.value;
    if bytes as u64 > limit {
        return Fate::Oversize(format!("{bytes} bytes in one event, limit {limit}"));
    }
    let Some(timestamp) = timestamp else {
        return Fate::Stored;
    };
    let age = now.saturating_sub(timestamp);
    let beyond = |limit: &Option<TimeLimit>, distance: i64, word: &str| {
        let limit = limit
            .as_ref()
            .filter(|limit| distance > seconds(limit.seconds.value))?;
        let problem = format!(
            "timestamp {word}: {} s, limit {} s",
            distance / SECOND,
            limit.seconds.value
        );
        Some(match limit.policy {
            TimePolicy::Send | TimePolicy::Clamp => Fate::Refused(problem),
            TimePolicy::DeadLetter => Fate::Discarded,
        })
    };
    beyond(&sink.limits.max_age, age, "too old")
        .or_else(|| beyond(&sink.limits.max_ahead, age.saturating_neg(), "too new"))
        .unwrap_or(Fate::Stored)
}

/// Seconds as nanoseconds.
pub(super) fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECOND)
}

/// What the records of one request must be together: near enough in time, in order.
fn together(sink: &Sink, records: &[Examined]) -> Result<(), String> {
    let times = || records.iter().filter_map(|record| record.timestamp);
    if let (Some(limit), Some(first), Some(last)) =
        (&sink.limits.max_span, times().min(), times().max())
        && last.saturating_sub(first) >= seconds(limit.value)
    {
        return Err(format!(
            "the events span {} s, limit {} s",
            (last - first) / SECOND,
            limit.value
        ));
    }
    // A record without a readable time is refused by itself.
    let readable: Vec<_> = records
        .iter()
        .filter(|record| record.timestamp.is_some())
        .collect();
    let backwards = |pair: &[&Examined]| {
        pair[0].group == pair[1].group && pair[1].timestamp < pair[0].timestamp
    };
    if sink.limits.ordering == Ordering::WithinBatch && readable.windows(2).any(backwards) {
        return Err("the events are not in the order of their timestamps".to_owned());
    }
    Ok(())
}
