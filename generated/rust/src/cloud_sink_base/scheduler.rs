//! Which batch is attempted when, and what follows from the attempt. No I/O besides the
//! dead-letter file; time comes in as an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::accounts::{Accounts, Cause};
use super::throttle::{Failure, Permit, Throttle};
use super::transport::{Ended, Fate, Sorted};
use super::waiting::{Job, Waiting};
use super::{DeliveryConfig, DropReason, Order, Outcome, Record, RejectedItem};

/// Reason for another attempt at events that a provider put off one by one.
const DEFERRED: &str = "some events were deferred";

/// Batches between packer and attempt, and what becomes of them.
#[derive(Debug)]
pub struct Scheduler {
    pub waiting: Waiting,
    pub accounts: Accounts,
    throttle: Throttle,
    max_retries: u32,
    delivery_timeout: Duration,
    in_order: bool,
}

impl Scheduler {
    pub fn new(accounts: Accounts, order: Order, delivery: &DeliveryConfig, seed: u64) -> Self {
        Self {
            waiting: Waiting::default(),
            accounts,
            throttle: Throttle::new(delivery, seed),
            max_retries: delivery.max_retries,
            delivery_timeout: delivery.delivery_timeout,
            in_order: order == Order::AcrossBatches,
        }
    }

    /// The job to attempt now, if one may be.
    pub fn next(&mut self, now: Instant) -> Option<Job> {
        let permit = self.throttle.permit(now);
        if permit == Permit::Wait {
            return None;
        }
        let probes = permit == Permit::Probe;
        let mut job = self.waiting.next_due(now, self.in_order, probes)?;
        self.throttle.begins(&mut job, permit);
        job.attempts += 1;
        job.first_attempt.get_or_insert(now);
        self.accounts.delta.requests += 1;
        self.accounts.delta.retries += u64::from(job.repeats);
        Some(job)
    }

    /// When time alone may change what [`Scheduler::next`] and [`Scheduler::expire`] do.
    pub fn wake_at(&self, now: Instant) -> Option<Instant> {
        let jobs = self
            .waiting
            .iter()
            .flat_map(|job| [Some(job.not_before), job.expires(self.delivery_timeout)]);
        jobs.chain(self.throttle.changes_at())
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// Gives up jobs whose delivery timeout has passed.
    pub fn expire(&mut self, now: Instant) {
        for job in self.waiting.take_expired(now, self.delivery_timeout) {
            let reason = job.last_reason.clone();
            self.give_up(&job, DropReason::DeliveryTimeout, &reason, now);
        }
    }

    /// Attempts everything at once and waits little from here on.
    pub fn drain(&mut self, now: Instant) {
        self.throttle.drain(now);
        self.waiting.hurry(now);
    }

    /// Gives up every job that was attempted, those `in_flight` included. Returns the records that
    /// never were.
    pub fn abandon(&mut self, in_flight: impl Iterator<Item = Job>, now: Instant) -> Vec<Record> {
        // Together with all that had as many attempts: each append to the dead-letter file waits
        // for the disk, and there is little time.
        let mut by_attempts: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        for job in self.waiting.take_all().into_iter().chain(in_flight) {
            let (records, job) = job.take_apart();
            by_attempts.entry(job.attempts).or_default().extend(records);
        }
        let unsent = by_attempts.remove(&0).unwrap_or_default();
        for (attempts, records) in by_attempts {
            self.accounts.had_to_stop(&records, attempts, now);
        }
        unsent
    }

    fn give_up(&mut self, job: &Job, reason: DropReason, detail: &str, now: Instant) {
        let cause = Cause {
            reason,
            detail,
            attempts: job.attempts,
        };
        self.accounts.give_up(&job.batch.records, cause, now);
    }
}

/// What follows from an attempt.
impl Scheduler {
    /// Takes note of how an attempt went.
    pub fn settle(&mut self, job: Job, outcome: Outcome, now: Instant) {
        match outcome {
            Outcome::Delivered => {
                self.answered();
                job.progressed();
                self.accounts.delivered(job.len());
            }
            Outcome::Partial { rejected, retry } => self.settle_items(job, rejected, &retry, now),
            Outcome::Split { reason } => self.split(job, &reason, now),
            Outcome::Bisect { reason } => self.bisect(job, &reason, now),
            Outcome::Throttled {
                retry_after,
                reason,
            } => {
                self.accounts.delta.throttled += 1;
                self.failed(job, retry_after, reason, now);
            }
            Outcome::Transient {
                retry_after,
                reason,
            } => self.failed(job, retry_after, reason, now),
            Outcome::Paused { reason } => self.paused(job, reason, now),
            Outcome::Uncertain { failed, reason } => self.uncertain(&job, failed, &reason, now),
            Outcome::Rejected { reason } => {
                self.answered();
                self.give_up(&job, DropReason::Rejected, &reason, now);
            }
        }
    }

    /// The provider is there, whatever it said.
    fn answered(&mut self) {
        if self.throttle.answered() {
            self.accounts.reporter.recovered();
        }
    }

    /// No event got through; which may be the endpoint's failure or the batch's.
    fn failed(
        &mut self,
        mut job: Job,
        retry_after: Option<Duration>,
        reason: String,
        now: Instant,
    ) {
        self.accounts
            .reporter
            .attempt_failed(now, job.len(), &reason);
        job.last_reason = reason;
        match self.throttle.failed(job.outages, retry_after, now) {
            Failure::Batch { asked } => self.retry(job, asked, now),
            Failure::Endpoint { begins } => {
                if begins {
                    self.accounts.reporter.outage_began();
                }
                self.keep(job, now);
            }
        }
    }

    /// Puts a job back whose failure is the endpoint's: it uses no retry.
    fn keep(&mut self, mut job: Job, now: Instant) {
        job.not_before = now;
        job.repeats = true;
        self.waiting.put(job);
    }

    /// Puts a job back whose failure is its own, unless it has used its retries.
    fn retry(&mut self, mut job: Job, asked: Option<Duration>, now: Instant) {
        if job.retries >= self.max_retries {
            let reason = job.last_reason.clone();
            return self.give_up(&job, DropReason::RetriesExhausted, &reason, now);
        }
        job.not_before = now + self.throttle.delay(job.retries, asked);
        job.retries += 1;
        job.repeats = true;
        self.waiting.put(job);
    }

    fn paused(&mut self, mut job: Job, reason: String, now: Instant) {
        if self.throttle.pause(now) {
            self.accounts.reporter.paused(&reason);
        }
        job.last_reason = reason;
        self.keep(job, now);
    }

    fn split(&mut self, job: Job, reason: &str, now: Instant) {
        self.answered();
        if job.len() == 1 {
            return self.give_up(&job, DropReason::Oversize, reason, now);
        }
        self.halve(job, now);
    }

    fn bisect(&mut self, mut job: Job, reason: &str, now: Instant) {
        self.answered();
        if job.len() == 1 {
            return self.give_up(&job, DropReason::Rejected, reason, now);
        }
        if !job.may_halve() {
            let detail = format!("too many bad events to tell them apart: {reason}");
            return self.give_up(&job, DropReason::Rejected, &detail, now);
        }
        self.halve(job, now);
    }

    fn halve(&mut self, job: Job, now: Instant) {
        self.accounts.delta.splits += 1;
        let (mut records, mut job) = job.take_apart();
        let second = records.split_off(records.len() / 2);
        job.repeats = false;
        job.not_before = now;
        self.waiting.put(job.part(second));
        self.waiting.put(job.part(records));
    }

    /// Ends a request of which so many events are lost; where the answer does not say how many, all
    /// count as lost. None is kept in the dead-letter file: nobody knows which they are.
    fn uncertain(&mut self, job: &Job, failed: Option<usize>, reason: &str, now: Instant) {
        self.answered();
        job.progressed();
        let failed = failed.unwrap_or(job.len()).min(job.len());
        self.accounts.delivered(job.len() - failed);
        self.accounts
            .drop_events(failed, DropReason::Uncertain, reason, now);
    }

    /// Sorts the events of a request by what the answer said of them.
    fn settle_items(
        &mut self,
        job: Job,
        rejected: Vec<RejectedItem>,
        retry: &[usize],
        now: Instant,
    ) {
        let fates = Fate::of_each(job.len(), rejected, retry);
        if fates.iter().all(|fate| matches!(fate, Fate::Deferred)) {
            // Nothing got through: an outage, in which events are kept.
            return self.failed(job, None, DEFERRED.to_owned(), now);
        }
        self.answered();
        job.progressed();
        let (records, job) = job.take_apart();
        let sorted = Sorted::new(records, fates);
        self.accounts.delivered(sorted.stored);
        self.end_refused(&sorted.rejected, DropReason::Rejected, job.attempts, now);
        self.end_refused(&sorted.uncertain, DropReason::Uncertain, job.attempts, now);
        if !sorted.deferred.is_empty() {
            let mut job = job.part(sorted.deferred);
            DEFERRED.clone_into(&mut job.last_reason);
            self.retry(job, None, now);
        }
    }

    fn end_refused(&mut self, ended: &Ended, reason: DropReason, attempts: u32, now: Instant) {
        let Ended { records, reasons } = ended;
        if let Some(detail) = reasons.first() {
            let cause = Cause {
                reason,
                detail,
                attempts,
            };
            self.accounts.give_up_each(records, reasons, cause, now);
        }
    }
}
