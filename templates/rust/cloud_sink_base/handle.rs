//! The sink as its writers see it.

use std::fmt;
use std::sync::Arc;

use super::shared::Shared;
use super::{Event, Stats, WriteError};

/// Writes to a sink. Cheap to clone.
#[derive(Clone)]
pub struct SinkHandle {
    pub(super) shared: Arc<Shared>,
}

impl SinkHandle {
    /// Encodes an event and puts it in the queue. `Ok` means accepted: it will be delivered,
    /// dead-lettered, or dropped with a reason that is counted.
    ///
    /// Waits for room only with [`Overflow::Block`](super::Overflow::Block), and needs a tokio
    /// runtime with time only then. Cancelled while it waits, the event was not accepted.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the event was not accepted.
    pub async fn write(&self, event: &Event) -> Result<(), WriteError> {
        let record = self.shared.encoder.encode(event);
        self.shared.push_waiting(record).await?;
        self.shared.note_time(event.time);
        Ok(())
    }

    /// As [`SinkHandle::write`], but never waits: a full queue that would block refuses at once.
    ///
    /// # Errors
    ///
    /// [`WriteError`]; the event was not accepted.
    pub fn try_write(&self, event: &Event) -> Result<(), WriteError> {
        self.shared.push(self.shared.encoder.encode(event))?;
        self.shared.note_time(event.time);
        Ok(())
    }

    /// The counters at this moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }
}

impl fmt::Debug for SinkHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SinkHandle")
            .field("name", &self.shared.name)
            .finish_non_exhaustive()
    }
}
