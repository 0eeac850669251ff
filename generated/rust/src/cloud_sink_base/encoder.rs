//! The provider's half of the encoding: event to record, records to body.

use std::io::{self, Write};
use std::sync::Arc;

use super::{Event, Record};

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
