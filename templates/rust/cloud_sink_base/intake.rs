//! From the queue to the line of jobs: takes records over and packs them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::batcher::{Batcher, TooLong};
use super::desk::Desk;
use super::job::{Job, Line};
use super::ledger::{Cause, Ledger};
use super::shared::Shared;
use super::{DeliveryConfig, DropReason, Limits, Record, Timestamp};

/// Packs what the queue holds; ends what no batch can carry.
pub(super) struct Intake {
    shared: Arc<Shared>,
    wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    max_age: Option<Duration>,
    max_ahead: Option<Duration>,
    batcher: Batcher,
    closed: Vec<Vec<Record>>,
    next_number: u64,
}

impl Intake {
    pub(super) fn new(
        shared: Arc<Shared>,
        limits: &Limits,
        delivery: &DeliveryConfig,
        wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    ) -> Self {
        Self {
            shared,
            wall_clock,
            max_age: limits.max_age,
            max_ahead: limits.max_ahead,
            batcher: Batcher::new(limits, delivery),
            closed: Vec::new(),
            next_number: 0,
        }
    }

    /// Records in the batch being filled.
    pub(super) fn len(&self) -> usize {
        self.batcher.len()
    }

    /// When that batch has waited long enough.
    pub(super) fn due(&self) -> Option<Instant> {
        self.batcher.due()
    }

    /// Number the next batch will have.
    pub(super) fn next_number(&self) -> u64 {
        self.next_number
    }

    /// Asks writers for a wake-up when there is a batch's worth. `false` when there is already.
    pub(super) fn arm(&self) -> bool {
        // The first event of a batch wakes too: it starts the batch's clock.
        let (events, bytes) = if self.batcher.len() == 0 {
            (1, 1)
        } else {
            self.batcher.room()
        };
        self.shared.lock().queue.arm(events, bytes)
    }

    /// Packs as many records as the batch being filled has room for. `false` when the queue had
    /// none.
    pub(super) fn take(&mut self, desk: &mut Desk, now: Instant) -> bool {
        let (events, _) = self.batcher.room();
        let mut taken = Vec::new();
        self.shared.take(events, &mut taken);
        if taken.is_empty() {
            return false;
        }
        self.pack(taken, &mut desk.ledger, now);
        self.enqueue(&mut desk.line, now);
        true
    }

    /// Ends the batch being filled.
    pub(super) fn close(&mut self, line: &mut Line, now: Instant) {
        self.batcher.close(&mut self.closed);
        self.enqueue(line, now);
    }

    /// Takes what is in the batch being filled, without making a job of it.
    pub(super) fn take_open(&mut self) -> impl Iterator<Item = Record> {
        self.batcher.close(&mut self.closed);
        self.closed.drain(..).flatten()
    }

    fn pack(&mut self, records: Vec<Record>, ledger: &mut Ledger, now: Instant) {
        let today = (self.wall_clock)();
        let oldest = self.max_age.map(|age| today.saturating_sub(age));
        let newest = self.max_ahead.map(|ahead| today.saturating_add(ahead));
        // Ended together: each append to the dead-letter file waits for the disk.
        let (mut untimely, mut too_long) = (Vec::new(), Vec::new());
        for record in records {
            let at = record.timestamp;
            if oldest.is_some_and(|oldest| at < oldest) || newest.is_some_and(|newest| at > newest)
            {
                untimely.push(record);
            } else if let Err(TooLong(record)) = self.batcher.push(record, now, &mut self.closed) {
                too_long.push(record);
            }
        }
        let detail = "the event's time is outside what the provider keeps";
        end_unsent(&untimely, DropReason::OutOfWindow, detail, ledger, now);
        let detail = "longer than the provider accepts";
        end_unsent(&too_long, DropReason::Oversize, detail, ledger, now);
    }

    fn enqueue(&mut self, line: &mut Line, now: Instant) {
        for records in self.closed.drain(..) {
            line.put(Job::new(records, self.next_number, now));
            self.next_number += 1;
        }
    }
}

fn end_unsent(
    records: &[Record],
    reason: DropReason,
    detail: &str,
    ledger: &mut Ledger,
    now: Instant,
) {
    if !records.is_empty() {
        let cause = Cause {
            reason,
            detail,
            attempts: 0,
        };
        ledger.give_up(records, cause, now);
    }
}
