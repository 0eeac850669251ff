//! Which events travel together, which are cut, which cannot travel.

use std::collections::HashSet;

use super::super::model::{
    BatchBasis, Form, Ordering, OversizePolicy, Sink, TimeLimit, TimePolicy,
};
use super::super::otlp_protobuf;
use super::event::Event;
use super::request::around;
use super::{Encoded, Interpreter};

/// Stands where a message was cut.
const MARKER: &str = "…[truncated]";

/// What became of events that leave together.
#[derive(Debug, Default)]
pub struct Packed {
    /// Requests; each holds positions of records, in the order they are sent.
    pub requests: Vec<Vec<usize>>,
    /// Positions that cannot travel, and why.
    pub left: Vec<(usize, Too)>,
}

/// Why an event cannot travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Too {
    /// Longer than the provider takes.
    Long,
    /// Outside the window; the provider would discard it without a word.
    Old,
}

/// Packs records as full as the limits allow, at the moment `now`.
#[must_use]
pub fn pack(interpreter: &Interpreter<'_>, records: &[Encoded], now: i64) -> Packed {
    let sink = interpreter.sink();
    let framing = Framing::of(interpreter, now);
    let mut packed = Packed::default();
    let mut open: Vec<Open> = Vec::new();
    for (position, record) in records.iter().enumerate() {
        if let Some(why) = refused(sink, framing, record, now) {
            packed.left.push((position, why));
            continue;
        }
        let place = open
            .iter()
            .position(|batch| !sink.is_partitioned() || batch.group == record.group);
        let place = place.unwrap_or_else(|| {
            open.push(Open::new(sink, framing, record));
            open.len() - 1
        });
        let batch = &mut open[place];
        if !batch.takes(sink, framing, record) {
            packed.requests.extend(batch.close(sink, records));
            *batch = Open::new(sink, framing, record);
        }
        batch.add(sink, framing, position, record);
    }
    for mut batch in open {
        packed.requests.extend(batch.close(sink, records));
    }
    packed
}

impl Sink {
    /// Whether only events that share values travel together.
    #[must_use]
    pub fn is_partitioned(&self) -> bool {
        !self.payload.partition.is_empty()
    }

    /// Most events of one request, whatever the reason.
    fn most_events(&self) -> usize {
        if matches!(self.payload.form, Form::Single) {
            return 1;
        }
        let limit = self.limits.max_batch_events.map(|limit| limit.value);
        limit
            .and_then(|limit| usize::try_from(limit).ok())
            .unwrap_or(usize::MAX)
    }

    fn most_bytes(&self) -> usize {
        usize::try_from(self.limits.max_batch_bytes.value).unwrap_or(usize::MAX)
    }
}

fn refused(sink: &Sink, framing: Framing, record: &Encoded, now: i64) -> Option<Too> {
    let limits = &sink.limits;
    let is_discarded = |limit: &TimeLimit, distance: i64| {
        limit.policy == TimePolicy::DeadLetter && distance > nanos(limit.seconds.value)
    };
    let age = now.saturating_sub(record.timestamp);
    if limits
        .max_age
        .as_ref()
        .is_some_and(|limit| is_discarded(limit, age))
        || limits
            .max_ahead
            .as_ref()
            .is_some_and(|limit| is_discarded(limit, age.saturating_neg()))
    {
        return Some(Too::Old);
    }
    let alone = Open::new(sink, framing, record).bytes + framing.own(record);
    let is_long = record.counted as u64 > limits.max_event_bytes.value || alone > sink.most_bytes();
    is_long.then_some(Too::Long)
}

fn nanos(seconds: u64) -> i64 {
    i64::try_from(seconds)
        .unwrap_or(i64::MAX)
        .saturating_mul(1_000_000_000)
}

/// Bytes that a request's limit counts beside the records.
#[derive(Debug, Clone, Copy)]
struct Framing {
    batch: usize,
    record: usize,
}

impl Framing {
    /// What the form adds, settings filled in.
    fn of(interpreter: &Interpreter<'_>, now: i64) -> Self {
        let sink = interpreter.sink();
        let sizing = sink.limits.sizing;
        let (mut batch, mut record) = (size(sizing.batch), size(sizing.record));
        if !matches!(sink.limits.batch_basis, BatchBasis::Records { .. }) {
            let around = around(interpreter, now);
            match &sink.payload.form {
                // One comma less than there are records.
                Form::Envelope { .. } => batch = around.len().saturating_sub(1),
                Form::OtlpProtobuf { .. } => {
                    batch = otlp_protobuf::around(&super::request::marked(interpreter, now));
                }
                Form::Lines { .. } => record += around.len(),
                _ => {}
            }
        }
        Self { batch, record }
    }

    fn own(self, record: &Encoded) -> usize {
        self.record + record.length
    }
}

fn size(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// A request being filled.
#[derive(Debug)]
struct Open {
    positions: Vec<usize>,
    bytes: usize,
    group: Option<String>,
    headings: HashSet<String>,
    range: Option<(i64, i64)>,
}

impl Open {
    fn new(sink: &Sink, framing: Framing, record: &Encoded) -> Self {
        let mut open = Self {
            positions: Vec::new(),
            bytes: framing.batch,
            group: record.group.clone(),
            headings: HashSet::new(),
            range: None,
        };
        open.bytes += open.heading(sink, record);
        open.headings.extend(record.group.clone());
        open
    }

    /// Bytes of the heading that a record brings.
    fn heading(&self, sink: &Sink, record: &Encoded) -> usize {
        let is_headed = matches!(sink.payload.form, Form::Streams(_));
        match record.group.as_ref().filter(|_| is_headed) {
            Some(group) if !self.headings.contains(group) => {
                size(sink.limits.sizing.group) + group.len()
            }
            _ => 0,
        }
    }

    fn takes(&self, sink: &Sink, framing: Framing, record: &Encoded) -> bool {
        let bytes = self.bytes + self.heading(sink, record) + framing.own(record);
        let fits_span = match (sink.limits.max_span, self.range) {
            (Some(span), Some((oldest, newest))) if !sorts(sink) => {
                let (oldest, newest) = (oldest.min(record.timestamp), newest.max(record.timestamp));
                newest.saturating_sub(oldest) < nanos(span.value)
            }
            _ => true,
        };
        self.positions.len() < sink.most_events() && bytes <= sink.most_bytes() && fits_span
    }

    fn add(&mut self, sink: &Sink, framing: Framing, position: usize, record: &Encoded) {
        self.bytes += self.heading(sink, record) + framing.own(record);
        self.headings.extend(record.group.clone());
        let at = record.timestamp;
        let (oldest, newest) = self.range.unwrap_or((at, at));
        self.range = Some((oldest.min(at), newest.max(at)));
        self.positions.push(position);
    }

    /// Sorting comes before cutting: events far apart as they came may be neighbours in time.
    fn close(&mut self, sink: &Sink, records: &[Encoded]) -> Vec<Vec<usize>> {
        let mut rest = std::mem::take(&mut self.positions);
        if rest.is_empty() {
            return Vec::new();
        }
        let mut closed = Vec::new();
        if sorts(sink) {
            rest.sort_by_key(|position| records[*position].timestamp);
            while let Some(span) = sink.limits.max_span {
                let end = records[rest[0]].timestamp.saturating_add(nanos(span.value));
                let within = rest.partition_point(|position| records[*position].timestamp < end);
                if within == rest.len() || within == 0 {
                    break;
                }
                let later = rest.split_off(within);
                closed.push(std::mem::replace(&mut rest, later));
            }
        }
        closed.push(rest);
        closed
    }
}

fn sorts(sink: &Sink) -> bool {
    match sink.limits.ordering {
        Ordering::WithinBatch => true,
        Ordering::None => sink.limits.max_span.is_some(),
        Ordering::AcrossBatches => false,
    }
}

/// The event with the nearest time that is taken, where the limits ask for that.
pub fn clamped(sink: &Sink, event: &Event, now: i64) -> Option<Event> {
    let bound = |limit: &Option<TimeLimit>| {
        let limit = limit
            .as_ref()
            .filter(|limit| limit.policy == TimePolicy::Clamp)?;
        Some(nanos(limit.seconds.value))
    };
    let oldest = bound(&sink.limits.max_age).map_or(i64::MIN, |age| now.saturating_sub(age));
    let newest = bound(&sink.limits.max_ahead).map_or(i64::MAX, |ahead| now.saturating_add(ahead));
    let timestamp = event.timestamp.clamp(oldest.min(newest), newest);
    (timestamp != event.timestamp).then(|| Event {
        timestamp,
        ..event.clone()
    })
}

/// The event with its message cut, where its record is too long and the limits ask for that.
///
/// A character never takes fewer bytes encoded than plain, so cutting the excess from the plain
/// message cuts at least as much from the record.
pub fn shortened(sink: &Sink, event: &Event, encoded: &Encoded) -> Option<Event> {
    let limit = size(sink.limits.max_event_bytes.value);
    if encoded.counted <= limit || sink.limits.oversize != OversizePolicy::Truncate {
        return None;
    }
    let excess = encoded.counted - limit;
    let mut end = event
        .message
        .len()
        .saturating_sub(excess.saturating_add(MARKER.len()));
    while !event.message.is_char_boundary(end) {
        end -= 1;
    }
    Some(Event {
        message: format!("{}{MARKER}", &event.message[..end]),
        ..event.clone()
    })
}
