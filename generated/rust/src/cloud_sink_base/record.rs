//! Encoded events and the requests they travel in.

use std::sync::OnceLock;

use bytes::Bytes;

use super::{Group, Timestamp};

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
