//! What a provider accepts, as data the batcher and the writer check against.

use std::time::Duration;

/// What a provider accepts in one request.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Events in one request.
    pub max_batch_events: usize,
    /// Bytes of one request, counted as [`Sizing`] says.
    pub max_batch_bytes: usize,
    /// Bytes of one record.
    pub max_event_bytes: usize,
    /// What happens to a longer one.
    pub oversize: Oversize,
    /// Events older than this would be discarded without a word; they are dead-lettered.
    pub max_age: Option<Duration>,
    /// Events further ahead than this would be discarded without a word; they are dead-lettered.
    pub max_ahead: Option<Duration>,
    /// Time between the first and the last event of a request stays below this.
    pub max_span: Option<Duration>,
    /// Order the provider needs.
    pub order: Order,
    /// How bytes are counted.
    pub sizing: Sizing,
}

/// What happens to a record over [`Limits::max_event_bytes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// The message is cut and marked; dead-lettered when that is not enough.
    Truncate,
    /// Dead-lettered.
    DeadLetter,
}

/// Order a provider needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Any.
    Any,
    /// Oldest first within a request.
    WithinBatch,
    /// One request after the other.
    AcrossBatches,
}

/// How a provider counts the bytes of a request:
/// `batch + Σ (record length + record) + Σ (group length + group)`.
#[derive(Debug, Clone, Copy)]
pub struct Sizing {
    /// Bytes of an empty body.
    pub batch: usize,
    /// Bytes added for each record.
    pub record: usize,
    /// Bytes added for each group besides its text.
    pub group: usize,
}
