//! How a record gets into the queue: at once, after waiting for room, or not at all.

use std::sync::MutexGuard;
use std::time::Duration;

use tokio::time::{Instant, timeout_at};

use super::shared::{Shared, State};
use super::{DropReason, Record, RefuseReason, WriteError};

impl Shared {
    /// Accepts a record or refuses it at once.
    pub(super) fn push(&self, record: Record) -> Result<(), WriteError> {
        self.admit(record)
            .or_else(|(reason, _)| self.refuse(reason))
    }

    /// Accepts a record, waiting for room where the policy says so.
    pub(super) async fn push_waiting(&self, record: Record) -> Result<(), WriteError> {
        match (self.admit(record), self.block_timeout) {
            (Ok(()), _) => Ok(()),
            (Err((RefuseReason::QueueFull, record)), Some(limit)) => {
                self.wait_for_room(record, limit).await
            }
            (Err((reason, _)), _) => self.refuse(reason),
        }
    }

    async fn wait_for_room(&self, mut record: Record, limit: Duration) -> Result<(), WriteError> {
        let deadline = Instant::now() + limit;
        // Counted as waiting and listening before looking again, or room made in between would go
        // unnoticed.
        let _waiting = WaitingWriter::new(self);
        loop {
            let room = self.room.notified();
            tokio::pin!(room);
            room.as_mut().enable();
            match self.admit(record) {
                Ok(()) => return Ok(()),
                Err((RefuseReason::QueueFull, back)) => record = back,
                Err((reason, _)) => return self.refuse(reason),
            }
            if timeout_at(deadline, room).await.is_err() {
                return self.refuse(RefuseReason::QueueFull);
            }
        }
    }

    fn admit(&self, record: Record) -> Result<(), (RefuseReason, Record)> {
        let mut state = self.lock();
        if state.closed {
            return Err((RefuseReason::Closed, record));
        }
        match state.queue.push(record) {
            Ok(evicted) => {
                state.stats.accepted += 1;
                state.stats.add_dropped(DropReason::Overflow, evicted);
                if state.queue.is_alarming() {
                    self.wake_worker(state);
                }
                Ok(())
            }
            Err(record) => {
                self.wake_worker(state);
                Err((RefuseReason::QueueFull, record))
            }
        }
    }

    /// Wakes the worker, once, if it asked for that.
    fn wake_worker(&self, mut state: MutexGuard<'_, State>) {
        if state.queue.disarm() {
            drop(state);
            self.wake.notify_one();
        }
    }

    fn refuse(&self, reason: RefuseReason) -> Result<(), WriteError> {
        self.lock().stats.add_refused(reason);
        Err(reason.into())
    }
}

/// Counts a writer as waiting for as long as it lives, a cancelled write included.
struct WaitingWriter<'a>(&'a Shared);

impl<'a> WaitingWriter<'a> {
    fn new(shared: &'a Shared) -> Self {
        shared.lock().waiting_writers += 1;
        Self(shared)
    }
}

impl Drop for WaitingWriter<'_> {
    fn drop(&mut self) {
        self.0.lock().waiting_writers -= 1;
    }
}
