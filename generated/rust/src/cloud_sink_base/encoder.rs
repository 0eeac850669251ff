//! Event to record, records to body: the provider's half, and its use on the writers' threads.

use std::cell::RefCell;
use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

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

/// What records must share to stand under one heading of a body: a label set, as JSON text.
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
    oversize: Oversize,
}

impl EventEncoder {
    pub fn new(encoder: Arc<dyn Encoder>, limits: &Limits) -> Self {
        Self {
            encoder,
            max_event_bytes: limits.max_event_bytes,
            oversize: limits.oversize,
        }
    }

    /// Encodes an event, cut where it is too long. A record that stays too long goes through the
    /// queue all the same: the worker owns the dead-letter file.
    pub fn encode(&self, event: &Event) -> Record {
        // Taken, not borrowed: an encoder that logs through a layer comes back here.
        let mut scratch = SCRATCH.take();
        scratch.clear();
        let mut group = self.encoder.encode(event, &mut scratch);
        let limit = self.max_event_bytes;
        if scratch.len() > limit && self.oversize == Oversize::Truncate {
            group = encode_truncated(self.encoder.as_ref(), event, limit, &mut scratch);
        }
        let record = Record {
            bytes: Box::from(scratch.as_slice()),
            timestamp: event.timestamp,
            group,
        };
        if scratch.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(scratch);
        }
        record
    }
}

/// Encodes `event` again with a shorter message. The record is still too long when the message
/// alone was not the cause.
fn encode_truncated(
    encoder: &dyn Encoder,
    event: &Event,
    limit: usize,
    out: &mut Vec<u8>,
) -> Option<Group> {
    // A character never takes fewer bytes encoded than plain, so cutting the excess from the
    // plain message cuts at least as much from the record.
    let excess = out.len().saturating_sub(limit);
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
