//! Which batch is attempted when. No I/O besides the dead-letter file; time comes in as an
//! argument.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::breaker::Permit;
use super::job::{Job, Line};
use super::ledger::{Cause, Ledger};
use super::pace::Pace;
use super::{DeliveryConfig, DropReason, Order, Record};

/// Batches between intake and attempt, and what becomes of them. What follows from an attempt
/// stands in `settle`.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) line: Line,
    pub(super) ledger: Ledger,
    pub(super) pace: Pace,
    pub(super) max_retries: u32,
    delivery_timeout: Duration,
    in_order: bool,
}

impl Desk {
    pub(super) fn new(ledger: Ledger, order: Order, delivery: &DeliveryConfig, seed: u64) -> Self {
        Self {
            line: Line::default(),
            ledger,
            pace: Pace::new(delivery, seed),
            max_retries: delivery.max_retries,
            delivery_timeout: delivery.delivery_timeout,
            in_order: order == Order::AcrossBatches,
        }
    }

    /// The job to attempt now, if one may be.
    pub(super) fn next(&mut self, now: Instant) -> Option<Job> {
        let permit = self.pace.permit(now);
        if permit == Permit::Wait {
            return None;
        }
        let probes = permit == Permit::Probe;
        let mut job = self.line.next_due(now, self.in_order, probes)?;
        self.pace.begins(&mut job, permit);
        job.attempts += 1;
        job.first_attempt.get_or_insert(now);
        self.ledger.delta.requests += 1;
        self.ledger.delta.retries += u64::from(job.repeats);
        Some(job)
    }

    /// When time alone may change what [`Desk::next`] and [`Desk::expire`] do.
    pub(super) fn wake_at(&self, now: Instant) -> Option<Instant> {
        let jobs = self
            .line
            .iter()
            .flat_map(|job| [Some(job.not_before), job.expires(self.delivery_timeout)]);
        jobs.chain(self.pace.changes_at())
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// Gives up jobs whose delivery timeout has passed.
    pub(super) fn expire(&mut self, now: Instant) {
        for job in self.line.take_expired(now, self.delivery_timeout) {
            let reason = job.last_reason.clone();
            self.give_up(&job, DropReason::DeliveryTimeout, &reason, now);
        }
    }

    /// Attempts everything at once and waits little from here on.
    pub(super) fn drain(&mut self, now: Instant) {
        self.pace.drain(now);
        self.line.hurry(now);
    }

    /// Gives up every job that was attempted, those `in_flight` included. Returns the records that
    /// never were.
    pub(super) fn abandon(
        &mut self,
        in_flight: impl Iterator<Item = Job>,
        now: Instant,
    ) -> Vec<Record> {
        // Together with all that had as many attempts: each append to the dead-letter file waits
        // for the disk, and there is little time.
        let mut by_attempts: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        for job in self.line.take_all().into_iter().chain(in_flight) {
            let (records, job) = job.take_apart();
            by_attempts.entry(job.attempts).or_default().extend(records);
        }
        let unsent = by_attempts.remove(&0).unwrap_or_default();
        for (attempts, records) in by_attempts {
            self.ledger.had_to_stop(&records, attempts, now);
        }
        unsent
    }

    pub(super) fn give_up(&mut self, job: &Job, reason: DropReason, detail: &str, now: Instant) {
        let cause = Cause {
            reason,
            detail,
            attempts: job.attempts,
        };
        self.ledger.give_up(&job.batch.records, cause, now);
    }
}
