//! `PutLogEvents`: the limits, the order, the window, and `rejectedLogEventsInfo`.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Clients;
use super::clock::{Clock, SECOND};
use super::cloudwatch::{self, AwsError, invalid};
use super::examine::seconds;
use super::fault::Fault;
use super::json::{self, Node};
use super::judge::Judgement;
use super::log_groups;
use super::record;
use super::store::{Kept, Store};
use crate::sink::{BatchBasis, Sink, TimeLimit};

/// One event of a call.
struct LogEvent<'a> {
    /// Nanoseconds since 1970.
    timestamp: i64,
    message: &'a str,
}

/// Judges one call. An error means that its events could not be read.
pub(super) fn judge(
    sink: &Sink,
    (clients, clock): (Clients, Clock),
    store: &mut Store,
    number: u64,
    input: &Node,
) -> Result<Judgement, AwsError> {
    let place = (
        log_groups::group_name(input)?,
        log_groups::stream_name(input)?,
    );
    let events = read_events(input)?;
    let judged = judge_events(sink, (clients, clock), store, number, place, &events);
    Ok(judged.unwrap_or_else(|error| Judgement {
        found: events.len(),
        ..cloudwatch::refused(&error)
    }))
}

fn judge_events(
    sink: &Sink,
    (clients, clock): (Clients, Clock),
    store: &mut Store,
    number: u64,
    (group, stream): (&str, &str),
    events: &[LogEvent<'_>],
) -> Result<Judgement, AwsError> {
    let found = events.len();
    check_sizes(sink, events)?;
    if let Some(error) = store.groups.missing(group, stream) {
        return Err(error);
    }
    let target: Arc<Value> = Arc::new(json!({"logGroupName": group, "logStreamName": stream}));
    for event in events {
        if clients == Clients::Sinks {
            check_message(sink, event)?;
        }
        refused_on_demand(store, event, &target)?;
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        let order = "Log events in a single PutLogEvents request must be in chronological order.";
        return Err(invalid(order));
    }
    let now = clock.now();
    let limit = |limit: &Option<TimeLimit>| {
        limit
            .as_ref()
            .map_or(i64::MAX, |limit| seconds(limit.seconds.value))
    };
    let older =
        |age: i64| events.partition_point(|event| now.saturating_sub(event.timestamp) > age);
    let max_ahead = limit(&sink.limits.max_ahead);
    let mut outside = Outside {
        too_old: older(limit(&sink.limits.max_age)),
        ..Outside::default()
    };
    outside.expired = store
        .groups
        .retention_seconds(group)
        .map_or(0, |age| older(seconds(age)));
    let oldest = outside.too_old.max(outside.expired);
    let newest = events
        .partition_point(|event| event.timestamp.saturating_sub(now) <= max_ahead)
        .max(oldest);
    outside.too_new = (newest < found).then_some(newest);
    let valid = &events[oldest..newest];
    let span = sink
        .limits
        .max_span
        .map_or(i64::MAX, |span| seconds(span.value));
    if let (Some(first), Some(last)) = (valid.first(), valid.last())
        && last.timestamp.saturating_sub(first.timestamp) >= span
    {
        let span = (last.timestamp - first.timestamp) / SECOND;
        return Err(invalid(format!(
            "The batch of log events in a single PutLogEvents request cannot span {span} s."
        )));
    }
    let kept = valid
        .iter()
        .map(|event| Kept {
            request: number,
            timestamp: Some(event.timestamp),
            text: event.message.to_owned(),
            group: Some(Arc::clone(&target)),
            discarded: false,
        })
        .collect();
    Ok(answer(&outside, found, kept))
}

/// What lies outside the window: two exclusive ends and an inclusive start.
#[derive(Debug, Default)]
struct Outside {
    too_old: usize,
    expired: usize,
    too_new: Option<usize>,
}

/// 200, with the indices of what was not stored.
fn answer(outside: &Outside, found: usize, kept: Vec<Kept>) -> Judgement {
    let mut rejected = serde_json::Map::new();
    if outside.too_old > 0 {
        rejected.insert("tooOldLogEventEndIndex".to_owned(), outside.too_old.into());
    }
    if outside.expired > outside.too_old {
        rejected.insert("expiredLogEventEndIndex".to_owned(), outside.expired.into());
    }
    if let Some(start) = outside.too_new {
        rejected.insert("tooNewLogEventStartIndex".to_owned(), start.into());
    }
    let mut body = serde_json::Map::new();
    // AWS leaves the deprecated token out when no event was stored.
    if !kept.is_empty() {
        body.insert("nextSequenceToken".to_owned(), "0".into());
    }
    let problem = (!rejected.is_empty()).then(|| {
        let refused = found - kept.len();
        format!("{refused} of {found} events outside the window")
    });
    if !rejected.is_empty() {
        body.insert("rejectedLogEventsInfo".to_owned(), rejected.into());
    }
    Judgement {
        problem,
        found,
        kept,
        ..Judgement::fine(cloudwatch::aws_json(200, &body.into()))
    }
}

fn read_events(input: &Node) -> Result<Vec<LogEvent<'_>>, AwsError> {
    const KEYS: [&str; 5] = [
        "logGroupName",
        "logStreamName",
        "logEvents",
        "sequenceToken",
        "entity",
    ];
    let unknown = input
        .as_object()
        .unwrap_or_default()
        .iter()
        .find(|(key, _)| !KEYS.contains(&key.as_str()));
    if let Some((key, _)) = unknown {
        return Err(cloudwatch::error(
            "SerializationException",
            format!("unknown member `{key}`"),
        ));
    }
    let events = input
        .get("logEvents")
        .and_then(Node::as_list)
        .unwrap_or_default();
    if events.is_empty() {
        return Err(invalid(
            "Value at 'logEvents' must have length greater than or equal to 1",
        ));
    }
    events
        .iter()
        .enumerate()
        .map(|(index, node)| read_event(index, node))
        .collect()
}

fn read_event(index: usize, node: &Node) -> Result<LogEvent<'_>, AwsError> {
    let timestamp = node
        .get("timestamp")
        .and_then(|time| time.to_value().as_i64())
        .filter(|millis| *millis >= 0)
        .and_then(|millis| millis.checked_mul(1_000_000))
        .ok_or_else(|| {
            invalid(format!(
                "logEvents.{index}.timestamp is not whole milliseconds since 1970"
            ))
        })?;
    let message = node
        .get("message")
        .and_then(Node::as_text)
        .filter(|message| !message.is_empty())
        .ok_or_else(|| {
            invalid(format!(
                "logEvents.{index}.message must have length greater than or equal to 1"
            ))
        })?;
    Ok(LogEvent { timestamp, message })
}

fn check_sizes(sink: &Sink, events: &[LogEvent<'_>]) -> Result<(), AwsError> {
    let limits = &sink.limits;
    let count = events.len() as u64;
    if let Some(most) = limits
        .max_batch_events
        .as_ref()
        .filter(|most| count > most.value)
    {
        return Err(invalid(format!("{count} log events, limit {}", most.value)));
    }
    let limit = limits.max_event_bytes.value;
    if let Some(long) = events
        .iter()
        .find(|event| event.message.len() as u64 > limit)
    {
        let size = long.message.len();
        return Err(invalid(format!(
            "Log event too large: {size} bytes exceeds limit of {limit}"
        )));
    }
    let overhead = match limits.batch_basis {
        BatchBasis::Records { overhead } => overhead,
        BatchBasis::Body | BatchBasis::Wire => 0,
    };
    let size: u64 = events
        .iter()
        .map(|event| event.message.len() as u64 + overhead)
        .sum();
    if size > limits.max_batch_bytes.value {
        let limit = limits.max_batch_bytes.value;
        return Err(invalid(format!(
            "Upload too large: {size} bytes exceeds limit of {limit}"
        )));
    }
    Ok(())
}

/// AWS takes any text; the stand-in holds the sink to its spec.
fn check_message(sink: &Sink, event: &LogEvent<'_>) -> Result<(), AwsError> {
    let node = json::parse(event.message)
        .map_err(|found| invalid(format!("the message is not JSON: {found}")))?;
    record::check(sink, Clients::Sinks, &node, event.message)
        .map(|_| ())
        .map_err(|problem| invalid(format!("the message is not as the spec says: {problem}")))
}

/// `PutLogEvents` cannot refuse one event in the middle, so the whole call is refused.
fn refused_on_demand(
    store: &mut Store,
    event: &LogEvent<'_>,
    target: &Value,
) -> Result<(), AwsError> {
    let key = format!("{} {}", event.timestamp, event.message);
    let numbered = store
        .faults
        .iter()
        .any(|fault| matches!(fault, Fault::RejectEvery(_)));
    let number = if numbered {
        store.numbering.number(&key, Some(target)).0
    } else {
        0
    };
    let hit = store.faults.iter().find(|fault| match fault {
        Fault::RejectEvery(n) => number % n == 0,
        Fault::RejectMatching(text) => event.message.contains(text),
        _ => false,
    });
    match hit {
        Some(fault) => Err(invalid(format!("refused on demand ({fault})"))),
        None => Ok(()),
    }
}
