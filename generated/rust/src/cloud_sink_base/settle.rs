//! What follows from an attempt: delivered, sent again, cut in two, or given up.

use std::time::Duration;

use tokio::time::Instant;

use super::desk::Desk;
use super::job::Job;
use super::pace::Failure;
use super::{DropReason, Outcome};

impl Desk {
    /// Takes note of how an attempt went.
    pub(super) fn settle(&mut self, job: Job, outcome: Outcome, now: Instant) {
        match outcome {
            Outcome::Delivered => {
                self.answered();
                job.progressed();
                self.ledger.delivered(job.len());
            }
            Outcome::Partial { rejected, retry } => self.settle_items(job, rejected, &retry, now),
            Outcome::Split { reason } => self.split(job, &reason, now),
            Outcome::Bisect { reason } => self.bisect(job, &reason, now),
            Outcome::Throttled {
                retry_after,
                reason,
            } => {
                self.ledger.delta.throttled += 1;
                self.failed(job, retry_after, reason, now);
            }
            Outcome::Transient {
                retry_after,
                reason,
            } => self.failed(job, retry_after, reason, now),
            Outcome::Paused { reason } => self.paused(job, reason, now),
            Outcome::Rejected { reason } => {
                self.answered();
                self.give_up(&job, DropReason::Rejected, &reason, now);
            }
        }
    }

    /// The provider is there, whatever it said.
    pub(super) fn answered(&mut self) {
        if self.pace.answered() {
            self.ledger.journal.recovered();
        }
    }

    /// No event got through; which may be the endpoint's failure or the batch's.
    pub(super) fn failed(
        &mut self,
        mut job: Job,
        retry_after: Option<Duration>,
        reason: String,
        now: Instant,
    ) {
        self.ledger.journal.attempt_failed(now, job.len(), &reason);
        job.last_reason = reason;
        match self.pace.failed(job.outages, retry_after, now) {
            Failure::Batch { asked } => self.retry(job, asked, now),
            Failure::Endpoint { begins } => {
                if begins {
                    self.ledger.journal.outage_began();
                }
                self.keep(job, now);
            }
        }
    }

    /// Puts a job back whose failure is the endpoint's: it uses no retry.
    fn keep(&mut self, mut job: Job, now: Instant) {
        job.not_before = now;
        job.repeats = true;
        self.line.put(job);
    }

    /// Puts a job back whose failure is its own, unless it has used its retries.
    pub(super) fn retry(&mut self, mut job: Job, asked: Option<Duration>, now: Instant) {
        if job.retries >= self.max_retries {
            let reason = job.last_reason.clone();
            return self.give_up(&job, DropReason::RetriesExhausted, &reason, now);
        }
        job.not_before = now + self.pace.delay(job.retries, asked);
        job.retries += 1;
        job.repeats = true;
        self.line.put(job);
    }

    fn paused(&mut self, mut job: Job, reason: String, now: Instant) {
        if self.pace.pause(now) {
            self.ledger.journal.paused(&reason);
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
        self.ledger.delta.splits += 1;
        let (mut records, mut job) = job.take_apart();
        let second = records.split_off(records.len() / 2);
        job.repeats = false;
        job.not_before = now;
        self.line.put(job.part(second));
        self.line.put(job.part(records));
    }
}
