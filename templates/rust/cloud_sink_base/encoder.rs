//! Event to record, records to body: the provider's half, and its use on the writers' threads.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;

use super::{Event, Limits, Oversize, Timestamp};

/// One encoded event.
#[derive(Debug, Clone)]
pub struct Record {
    /// The event as it stands in the body, framing not included.
    pub bytes: Box<[u8]>,
    /// When the event happened.
    pub timestamp: Timestamp,
    /// What it shares with its neighbours, for bodies with groups.
    pub group: Option<Group>,
    /// The event's entry as JSON, where there is a dead-letter file to keep it.
    pub entry: Option<Box<[u8]>>,
}

/// Records that travel in one request.
#[derive(Debug, Default)]
pub struct Batch {
    /// Never empty once handed to a transport; in the order the provider needs.
    pub records: Vec<Record>,
    /// The body as it goes over the wire, made on the first attempt and kept for the next.
    pub body: OnceLock<Bytes>,
}

impl Batch {
    /// A batch whose body is not made yet.
    #[must_use]
    pub fn new(records: Vec<Record>) -> Self {
        Self {
            records,
            body: OnceLock::new(),
        }
    }
}

/// Stands where a message was cut.
const MARKER: &str = "…[truncated]";

/// A scratch buffer that one long event has grown beyond this is not kept.
const SCRATCH_KEPT: usize = 64 * 1_024;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// What records share, as JSON text: the label set they stand under in a body, or the values by
/// which requests are told apart.
pub type Group = Arc<str>;

/// Turns events into records and records into a request body.
///
/// `encode` runs on the writer's thread and once per event; `write_payload` runs on the delivery
/// thread and once per batch, its output going straight into the compressor.
pub trait Encoder: Send + Sync + 'static {
    /// Appends one record to `out` and names its group, if the body has groups.
    ///
    /// Never fails: every value an [`Event`] can hold has a representation.
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group>;

    /// Writes the body that carries `records`, in their order, before compression.
    ///
    /// # Errors
    ///
    /// Only those of `out`.
    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()>;
}

/// Makes records of events, on the writers' threads.
pub struct EventEncoder {
    encoder: Arc<dyn Encoder>,
    max_event_bytes: usize,
    event_length: fn(&[u8]) -> usize,
    oversize: Oversize,
    clamp_age: Option<Duration>,
    clamp_ahead: Option<Duration>,
    keeps_entries: bool,
}

impl EventEncoder {
    pub fn new(encoder: Arc<dyn Encoder>, limits: &Limits, keeps_entries: bool) -> Self {
        Self {
            encoder,
            max_event_bytes: limits.max_event_bytes,
            event_length: limits.event_length,
            oversize: limits.oversize,
            clamp_age: limits.clamp_age,
            clamp_ahead: limits.clamp_ahead,
            keeps_entries,
        }
    }

    /// Encodes an event, cut where it is too long. A record that stays too long goes through the
    /// queue all the same: the worker owns the dead-letter file.
    pub fn encode(&self, event: &Event) -> Record {
        let mut record = match self.clamped(event) {
            Some(event) => self.encode_timely(&event),
            None => self.encode_timely(event),
        };
        if self.keeps_entries {
            record.entry = Some(event.to_entry().into_boxed_slice());
        }
        record
    }

    fn encode_timely(&self, event: &Event) -> Record {
        // Taken, not borrowed: an encoder that logs through a layer comes back here.
        let mut scratch = SCRATCH.take();
        scratch.clear();
        let mut group = self.encoder.encode(event, &mut scratch);
        let excess = self.excess(&scratch);
        if excess > 0 && self.oversize == Oversize::Truncate {
            group = encode_truncated(self.encoder.as_ref(), event, excess, &mut scratch);
        }
        let record = Record {
            bytes: Box::from(scratch.as_slice()),
            timestamp: event.timestamp,
            group,
            entry: None,
        };
        if scratch.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(scratch);
        }
        record
    }

    /// Bytes beyond the limit. No part of a record is longer than the whole.
    fn excess(&self, record: &[u8]) -> usize {
        if record.len() <= self.max_event_bytes {
            return 0;
        }
        (self.event_length)(record).saturating_sub(self.max_event_bytes)
    }

    /// The event with the nearest time that is taken, where its own is not.
    fn clamped(&self, event: &Event) -> Option<Event> {
        if self.clamp_age.is_none() && self.clamp_ahead.is_none() {
            return None;
        }
        let (now, at) = (Timestamp::now(), event.timestamp);
        let mut nearest = at;
        if let Some(age) = self.clamp_age {
            nearest = nearest.max(now.saturating_sub(age));
        }
        if let Some(ahead) = self.clamp_ahead {
            nearest = nearest.min(now.saturating_add(ahead));
        }
        let mut timely = (nearest != at).then(|| event.clone())?;
        timely.timestamp = nearest;
        Some(timely)
    }
}

/// Encodes `event` again with a shorter message. The record is still too long when the message
/// alone was not the cause.
fn encode_truncated(
    encoder: &dyn Encoder,
    event: &Event,
    excess: usize,
    out: &mut Vec<u8>,
) -> Option<Group> {
    // A character never takes fewer bytes encoded than plain, so cutting the excess from the
    // plain message cuts at least as much from the record.
    let mut shorter = event.clone();
    shorter.message = cut(&event.message, excess);
    out.clear();
    encoder.encode(&shorter, out)
}

/// `message` less at least `excess` bytes, marker included, at a character's boundary.
fn cut(message: &str, excess: usize) -> String {
    let mut end = message
        .len()
        .saturating_sub(excess.saturating_add(MARKER.len()));
    while !message.is_char_boundary(end) {
        end -= 1;
    }
    let mut kept = String::with_capacity(end + MARKER.len());
    kept.push_str(&message[..end]);
    kept.push_str(MARKER);
    kept
}
