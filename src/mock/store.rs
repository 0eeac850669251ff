//! What arrived, what became of it, and which faults are still to come.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

use super::acknowledge::Acknowledgements;
use super::fault::{Fault, QuestionFault};
use super::json;
use super::log_groups;
use super::loki_streams;
use super::shelf::{Room, Shelf, Weigh};

/// One request as the stand-in saw it.
#[derive(Debug, Clone, Serialize)]
pub struct RequestSeen {
    /// Position among all requests, from 1.
    pub number: u64,
    /// HTTP method.
    pub method: String,
    /// Path and query, credentials replaced by `***`.
    pub path: String,
    /// Status answered; 0 when the connection was closed instead.
    pub status: u16,
    /// Body bytes as they came.
    pub wire_bytes: usize,
    /// Body bytes after decompression; 0 when it was not decoded.
    pub body_bytes: usize,
    /// Records found in the body.
    pub records: usize,
    /// Records kept of them.
    pub stored: usize,
    /// Why the request, or some of its records, were refused.
    pub problem: Option<String>,
    /// The fault that was applied.
    pub fault: Option<String>,
    /// Headers in the order they came, credentials replaced by `***`.
    pub headers: Vec<(String, String)>,
}

/// One record the stand-in accepted.
#[derive(Debug, Clone, Serialize)]
pub struct StoredRecord {
    /// The request it came with.
    pub request: u64,
    /// Its own time, nanoseconds since 1970.
    pub timestamp: Option<i64>,
    /// The record as it stood on the wire.
    pub text: String,
    /// Its keys; for a stream entry those of the line.
    pub fields: Value,
    /// The label set, action line, or log group and stream it came with.
    pub group: Option<Value>,
    /// Answered as stored but thrown away, because its time is outside the provider's window.
    pub discarded: bool,
}

/// Counts since the start or the last reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Counters {
    /// Requests of any kind, the stand-in's own `/__mock/` pages excepted.
    pub requests: u64,
    /// Requests with something wrong in them.
    pub problems: u64,
    /// Requests a fault was applied to.
    pub faults: u64,
    /// Body bytes as they came.
    pub wire_bytes: u64,
    /// Body bytes after decompression.
    pub body_bytes: u64,
    /// Records found in bodies, those sent again included.
    pub records: u64,
    /// Records stored.
    pub stored: u64,
    /// Records answered as stored and thrown away.
    pub discarded: u64,
    /// Records recognised as already stored.
    pub duplicates: u64,
    /// Records refused, alone or with their request.
    pub refused: u64,
    /// Stored records no longer kept for inspection because there were too many.
    pub forgotten: u64,
}

/// Everything the stand-in knows, at one moment.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// Requests, oldest first.
    pub requests: Vec<RequestSeen>,
    /// Accepted records, oldest first.
    pub records: Vec<StoredRecord>,
    /// Counts.
    pub counters: Counters,
}

/// Something that arrived, for a live display.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// The request.
    pub request: RequestSeen,
    /// The records it brought that were accepted and are still kept.
    pub records: Vec<StoredRecord>,
    /// How many it brought besides that are kept no more.
    pub missed: u64,
}

/// A record as it is kept: the parsed form is made again when somebody looks.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    pub request: u64,
    pub timestamp: Option<i64>,
    pub text: String,
    pub group: Option<Arc<Value>>,
    pub discarded: bool,
}

/// What an allocation costs besides its bytes.
const ALLOCATION: usize = 32;

impl Weigh for Kept {
    /// A group that records share is counted for each of them.
    fn bytes(&self) -> usize {
        let group = self.group.as_deref().map_or(0, weight);
        size_of::<Self>() + ALLOCATION + self.text.len() + group
    }
}

impl Weigh for RequestSeen {
    fn bytes(&self) -> usize {
        let text = |text: &str| ALLOCATION + text.len();
        let headers = self.headers.iter();
        size_of::<Self>()
            + text(&self.path)
            + self.problem.as_deref().map_or(0, text)
            + headers
                .map(|(name, value)| size_of::<(String, String)>() + text(name) + text(value))
                .sum::<usize>()
    }
}

fn weight(value: &Value) -> usize {
    let inside = match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(weight).sum(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| ALLOCATION + key.len() + weight(value))
            .sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    };
    size_of::<Value>() + inside
}

impl Kept {
    /// The form shown to users.
    pub fn show(&self) -> StoredRecord {
        StoredRecord {
            request: self.request,
            timestamp: self.timestamp,
            text: self.text.clone(),
            fields: fields_of(&self.text),
            group: self.group.as_deref().cloned(),
            discarded: self.discarded,
        }
    }
}

/// The keys of a record; of a stream entry those of its line; a plain text as it is.
fn fields_of(text: &str) -> Value {
    let Ok(node) = json::parse(text) else {
        return Value::String(text.to_owned());
    };
    match node.as_list().and_then(|entry| entry.get(1)?.as_text()) {
        Some(line) => fields_of(line),
        None => node.to_value(),
    }
}

/// Numbers records by their text, so that one sent again has the number it had.
///
/// Past [`MAX_KNOWN`] texts it starts anew.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    known: HashMap<u64, u64>,
}

/// Texts whose numbers are remembered.
const MAX_KNOWN: usize = 1_000_000;

impl Numbering {
    /// The record's number from 1, and whether it is seen for the first time.
    pub fn number(&mut self, text: &str, group: Option<&Value>) -> (u64, bool) {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        group.map(Value::to_string).hash(&mut hasher);
        if self.known.len() >= MAX_KNOWN {
            self.known.clear();
        }
        let next = self.known.len() as u64 + 1;
        let number = *self.known.entry(hasher.finish()).or_insert(next);
        (number, number == next)
    }
}

/// A [`Store`] that connections and readers share.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedStore(Arc<Mutex<Store>>);

impl SharedStore {
    /// The state; a panic elsewhere does not make it unreadable.
    pub fn lock(&self) -> MutexGuard<'_, Store> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of what is kept. The records are made into what users see after the lock is released,
    /// because that takes long.
    pub fn snapshot(&self) -> Snapshot {
        let (requests, records, counters) = {
            let store = self.lock();
            let requests: Vec<_> = store.requests.iter().cloned().collect();
            let records: Vec<_> = store.records.iter().cloned().collect();
            (requests, records, store.counters)
        };
        Snapshot {
            requests: requests.iter().map(|seen| (**seen).clone()).collect(),
            records: records.iter().map(|kept| kept.show()).collect(),
            counters,
        }
    }
}

/// All that changes while the stand-in runs.
#[derive(Debug, Default)]
pub(super) struct Store {
    pub requests: Shelf<RequestSeen>,
    pub records: Shelf<Kept>,
    pub counters: Counters,
    pub faults: Vec<Fault>,
    pub numbering: Numbering,
    pub streams: loki_streams::Streams,
    pub groups: log_groups::Groups,
    pub acknowledgements: Acknowledgements,
}

impl Store {
    /// Takes the next fault that applies to one whole request.
    pub fn next_fault(&mut self) -> Option<Fault> {
        let at = self.faults.iter().position(|fault| {
            matches!(
                fault,
                Fault::Answer(..)
                    | Fault::Reset(_)
                    | Fault::LostAnswer(_)
                    | Fault::HalfAnswer(_)
                    | Fault::Stall(_)
            )
        })?;
        let fault = self.faults[at].clone();
        let left = match &mut self.faults[at] {
            Fault::Answer(_, count)
            | Fault::Reset(count)
            | Fault::LostAnswer(count)
            | Fault::HalfAnswer(count) => {
                *count -= 1;
                *count
            }
            _ => 0,
        };
        if left == 0 {
            self.faults.remove(at);
        }
        Some(fault)
    }

    /// Takes the next fault that applies to a question about an acknowledgement.
    pub fn next_question_fault(&mut self) -> Option<QuestionFault> {
        let mut faults = self.faults.iter_mut().enumerate();
        let (at, what, left) = faults.find_map(|(at, fault)| match fault {
            Fault::Question(what, count) => {
                *count -= 1;
                Some((at, *what, *count))
            }
            _ => None,
        })?;
        if left == 0 {
            self.faults.remove(at);
        }
        Some(what)
    }

    /// How much later every answer leaves.
    pub fn delay(&self) -> Duration {
        let delays = self.faults.iter().map(|fault| match fault {
            Fault::Slow(delay) => *delay,
            _ => Duration::ZERO,
        });
        delays.max().unwrap_or_default()
    }

    /// Keeps accepted records; the oldest leave when there is no room.
    pub fn keep(&mut self, records: Vec<Kept>, room: Room) {
        for record in records {
            self.counters.forgotten += self.records.push(record, room);
        }
    }

    /// Remembers a request; the oldest leave when there is no room.
    pub fn remember(&mut self, request: RequestSeen, room: Room) {
        let counters = &mut self.counters;
        counters.problems += u64::from(request.problem.is_some());
        counters.faults += u64::from(request.fault.is_some());
        counters.wire_bytes += request.wire_bytes as u64;
        counters.body_bytes += request.body_bytes as u64;
        counters.records += request.records as u64;
        self.requests.push(request, room);
    }

    /// Forgets what arrived and every fault.
    pub fn reset(&mut self) {
        let mut requests = mem::take(&mut self.requests);
        let mut records = mem::take(&mut self.records);
        requests.clear();
        records.clear();
        *self = Self {
            requests,
            records,
            ..Self::default()
        };
    }
}
