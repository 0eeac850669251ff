//! Judges a push over HTTP: first all that needs no memory, then what became of each record.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::answer::{self, Fate, Reply};
use super::clock::SECOND;
use super::decode::{self, DecodeError};
use super::fault::Fault;
use super::framing;
use super::gate::{self, Barred, Incoming};
use super::loki;
use super::record;
use super::store::{Kept, Store};
use crate::provider::model::{
    Encoding, Framing, Ordering, SizeBasis, Spec, TimeLimit, VendorBehaviour,
};

/// The outcome of one request.
#[derive(Debug)]
pub(super) struct Judgement {
    pub reply: Reply,
    pub problem: Option<String>,
    pub body_bytes: usize,
    /// Records found in the body.
    pub found: usize,
    /// Accepted ones among them, discarded ones included.
    pub kept: Vec<Kept>,
    pub duplicates: u64,
}

impl Judgement {
    /// A request that is refused as a whole.
    pub fn refused(reply: Reply, problem: impl Into<String>) -> Self {
        Self {
            reply,
            problem: Some(problem.into()),
            body_bytes: 0,
            found: 0,
            kept: Vec::new(),
            duplicates: 0,
        }
    }

    /// A request that carries no records and is fine.
    pub fn fine(reply: Reply) -> Self {
        Self {
            problem: None,
            ..Self::refused(reply, "")
        }
    }

    /// The same, with what was found in the body.
    pub fn with_body(mut self, body_bytes: usize, found: usize) -> Self {
        self.body_bytes = body_bytes;
        self.found = found;
        self
    }
}

/// One record after every check that needs no memory.
#[derive(Debug)]
pub(super) struct Examined {
    text: String,
    group: Option<Arc<Value>>,
    timestamp: Option<i64>,
    fate: Fate,
}

/// A body after every check that needs no memory.
#[derive(Debug)]
pub(super) struct Push {
    body_bytes: usize,
    records: Vec<Examined>,
}

/// Largest body read, on the wire and inflated: enough to tell "too large" from "never ends".
pub(super) fn body_bound(spec: &Spec) -> usize {
    let limit = usize::try_from(spec.limits.max_batch_bytes.value).unwrap_or(usize::MAX);
    limit.saturating_mul(2).saturating_add(1024 * 1024)
}

/// Checks all that needs no memory; the error is a request refused as a whole.
pub(super) fn examine(
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    now: i64,
    request: &Incoming,
) -> Result<Push, Box<Judgement>> {
    pass_gate(spec, secrets, request)?;
    let malformed =
        |problem: String| Judgement::refused(Reply::from_spec(&spec.answers.malformed), problem);
    let too_large =
        |problem: String| Judgement::refused(Reply::from_spec(&spec.answers.too_large), problem);
    let offered = &spec.compression.offered;
    let coding = decode::encoding(request.header("content-encoding"))
        .filter(|coding| *coding == Encoding::None || offered.contains(coding))
        .ok_or_else(|| {
            let found = request.header("content-encoding").unwrap_or_default();
            malformed(format!("content encoding `{found}` is not offered"))
        })?;
    let bound = body_bound(spec);
    let body = decode::decode(coding, &request.wire, bound).map_err(|error| match error {
        DecodeError::TooLarge => too_large(format!(
            "the body is larger than {bound} bytes once decoded"
        )),
        DecodeError::Corrupt(problem) => malformed(problem),
    })?;
    let size = body.len();
    let limit = &spec.limits.max_batch_bytes;
    if limit.basis == SizeBasis::Body && size as u64 > limit.value {
        let problem = format!("{size} bytes in the body, limit {}", limit.value);
        return Err(Box::new(too_large(problem).with_body(size, 0)));
    }
    let text = std::str::from_utf8(&body).map_err(|error| {
        malformed(format!(
            "the body is not UTF-8 at byte {}",
            error.valid_up_to()
        ))
        .with_body(size, 0)
    })?;
    let raw = framing::split(&spec.payload.framing, text)
        .map_err(|problem| malformed(problem).with_body(size, 0))?;
    let found = raw.len();
    if found == 0 {
        return Err(Box::new(empty(spec).with_body(size, 0)));
    }
    let mut counted = 0;
    let records: Vec<_> = raw
        .into_iter()
        .map(|raw| {
            let (record, bytes) = one(spec, now, raw);
            counted += bytes as u64 + limit.overhead_per_event;
            record
        })
        .collect();
    if let Some(most) = &spec.limits.max_batch_events
        && found as u64 > most.value
    {
        let problem = format!("{found} events in the request, limit {}", most.value);
        return Err(Box::new(too_large(problem).with_body(size, found)));
    }
    if limit.basis == SizeBasis::Records && counted > limit.value {
        let problem = format!(
            "{counted} bytes counted in the request, limit {}",
            limit.value
        );
        return Err(Box::new(too_large(problem).with_body(size, found)));
    }
    together(spec, &records).map_err(|problem| malformed(problem).with_body(size, found))?;
    Ok(Push {
        body_bytes: size,
        records,
    })
}

fn pass_gate(
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), Box<Judgement>> {
    let Some(endpoint) = &spec.endpoint else {
        return Err(Box::new(Judgement::refused(
            Reply::text(404, "not found"),
            "the spec has no endpoint",
        )));
    };
    let Err(barred) = gate::check(spec, endpoint, secrets, request) else {
        return Ok(());
    };
    Err(Box::new(match barred {
        Barred::NotFound(problem) => Judgement::refused(Reply::text(404, "not found"), problem),
        Barred::Method(problem) => {
            Judgement::refused(Reply::text(405, "method not allowed"), problem)
        }
        Barred::Unauthorized(problem) => {
            Judgement::refused(answer::unauthorized(&spec.answers), problem)
        }
        Barred::Malformed(problem) => {
            Judgement::refused(Reply::from_spec(&spec.answers.malformed), problem)
        }
    }))
}

fn empty(spec: &Spec) -> Judgement {
    let reply = match spec.payload.framing {
        // Observed with Loki 3.7.8 for `{}` and for an empty list.
        Framing::GroupedStreams { .. } => Reply::text(
            422,
            "error at least one valid stream is required for ingestion",
        ),
        _ => Reply::from_spec(&spec.answers.malformed),
    };
    Judgement::refused(reply, "no records in the body")
}

/// Judges one record by itself; gives the bytes the vendor counts for it too.
fn one(spec: &Spec, now: i64, raw: framing::RawRecord<'_>) -> (Examined, usize) {
    let checked = record::check(spec, &raw.node, raw.text);
    let (fate, timestamp, bytes) = match checked {
        Err(problem) => (Fate::Refused(problem), None, raw.text.len()),
        Ok(checked) => {
            let fate = match raw.problem {
                Some(problem) => Fate::Refused(problem.to_string()),
                None => by_limits(spec, now, checked.timestamp, checked.bytes),
            };
            (fate, checked.timestamp, checked.bytes)
        }
    };
    let record = Examined {
        text: raw.text.to_owned(),
        group: raw.group,
        timestamp,
        fate,
    };
    (record, bytes)
}

fn by_limits(spec: &Spec, now: i64, timestamp: Option<i64>, bytes: usize) -> Fate {
    let limit = spec.limits.max_event_bytes.value;
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
            .filter(|limit| distance > seconds(limit.seconds))?;
        let problem = format!(
            "timestamp {word}: {} s, limit {} s",
            distance / SECOND,
            limit.seconds
        );
        Some(match limit.vendor {
            VendorBehaviour::Refuses => Fate::Refused(problem),
            VendorBehaviour::Discards => Fate::Discarded,
        })
    };
    beyond(&spec.limits.max_age, age, "too old")
        .or_else(|| beyond(&spec.limits.max_ahead, age.saturating_neg(), "too new"))
        .unwrap_or(Fate::Stored)
}

/// Seconds as nanoseconds.
pub(super) fn seconds(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(SECOND)
}

/// What the records of one request must be together: near enough in time, in order.
fn together(spec: &Spec, records: &[Examined]) -> Result<(), String> {
    let times = || records.iter().filter_map(|record| record.timestamp);
    if let (Some(limit), Some(first), Some(last)) =
        (&spec.limits.max_span, times().min(), times().max())
        && last.saturating_sub(first) >= seconds(limit.seconds)
    {
        return Err(format!(
            "the events span {} s, limit {} s",
            (last - first) / SECOND,
            limit.seconds
        ));
    }
    // A record without a readable time is refused by itself.
    let timed: Vec<_> = records
        .iter()
        .filter(|record| record.timestamp.is_some())
        .collect();
    let backwards = |pair: &[&Examined]| {
        pair[0].group == pair[1].group && pair[1].timestamp < pair[0].timestamp
    };
    if spec.limits.ordering == Ordering::WithinBatch && timed.windows(2).any(backwards) {
        return Err("the events are not in the order of their timestamps".to_owned());
    }
    Ok(())
}

/// Decides what becomes of each record and answers.
pub(super) fn decide(spec: &Spec, store: &mut Store, number: u64, mut push: Push) -> Judgement {
    apply_faults(store, &mut push.records);
    let grouped = matches!(spec.payload.framing, Framing::GroupedStreams { .. });
    if grouped {
        by_stream(store, &mut push.records);
    }
    let found = push.records.len();
    let refused = push
        .records
        .iter()
        .filter(|record| record.fate.problem().is_some())
        .count();
    let first = push.records.iter().enumerate().find_map(|(index, record)| {
        record
            .fate
            .problem()
            .map(|problem| (index, problem.to_owned()))
    });
    let answers = &spec.answers;
    let by_item = spec.responses.items.is_some();
    let reply = match &first {
        _ if by_item => {
            let fates: Vec<_> = push
                .records
                .iter()
                .map(|record| record.fate.clone())
                .collect();
            answer::by_item(answers, &fates)
        }
        None => Reply::from_spec(&answers.accepted),
        Some((_, problem)) if grouped => {
            let answer = answers.partial.as_ref().unwrap_or(&answers.malformed);
            Reply {
                body: loki::partial_text(problem, refused, found),
                ..Reply::from_spec(answer)
            }
        }
        Some((index, _)) if spec.responses.first_bad.is_some() => {
            let answer = answers.partial.as_ref().unwrap_or(&answers.malformed);
            Reply::from_spec(answer).fill("{index}", &index.to_string())
        }
        Some((index, _)) => match push.records[*index].fate {
            Fate::Oversize(_) => Reply::from_spec(&answers.too_large),
            _ => Reply::from_spec(&answers.malformed),
        },
    };
    let keeps = first.is_none() || by_item || grouped;
    let mut duplicates = 0;
    let mut kept = Vec::new();
    for record in push.records {
        duplicates += u64::from(record.fate == Fate::Duplicate);
        if keeps && matches!(record.fate, Fate::Stored | Fate::Discarded) {
            kept.push(Kept {
                request: number,
                timestamp: record.timestamp,
                text: record.text,
                group: record.group,
                discarded: record.fate == Fate::Discarded,
            });
        }
    }
    let problem = first.map(|(index, problem)| {
        format!("record {index}: {problem} ({refused} of {found} refused)")
    });
    Judgement {
        reply,
        problem,
        body_bytes: push.body_bytes,
        found,
        kept,
        duplicates,
    }
}

/// Applies the faults that concern single records.
fn apply_faults(store: &mut Store, records: &mut [Examined]) {
    let numbered = store
        .faults
        .iter()
        .any(|fault| matches!(fault, Fault::RejectEvery(_) | Fault::ThrottleEvery(_)));
    for record in records
        .iter_mut()
        .filter(|record| record.fate.is_accepted())
    {
        let (number, fresh) = if numbered {
            store
                .numbering
                .number(&record.text, record.group.as_deref())
        } else {
            (0, false)
        };
        for fault in &store.faults {
            match fault {
                Fault::RejectEvery(n) if number % n == 0 => {
                    record.fate = Fate::Refused(format!("refused on demand ({fault})"));
                }
                Fault::RejectMatching(text) if record.text.contains(text) => {
                    record.fate = Fate::Refused(format!("refused on demand ({fault})"));
                }
                Fault::ThrottleEvery(n) if fresh && number % n == 0 => {
                    record.fate = Fate::Throttled;
                }
                _ => {}
            }
        }
    }
}

/// What depends on the streams Loki already has.
fn by_stream(store: &mut Store, records: &mut [Examined]) {
    for record in records
        .iter_mut()
        .filter(|record| record.fate == Fate::Stored)
    {
        let (Some(labels), Some(timestamp)) = (&record.group, record.timestamp) else {
            continue;
        };
        match store.streams.push(labels, timestamp, &record.text) {
            loki::Fate::New => {}
            loki::Fate::Duplicate => record.fate = Fate::Duplicate,
            loki::Fate::FarBehind => record.fate = Fate::Refused("entry too far behind".to_owned()),
        }
    }
}
