//! Which batch is attempted when, and what follows from the attempt. No I/O besides the
//! dead-letter file; time comes in as an argument.

use std::time::Duration;

use tokio::time::Instant;

use super::accounts::{Accounts, Cause};
use super::throttle::{Failure, Permit, Throttle};
use super::transport::{Fate, Sorted};
use super::waiting::{Job, Suspicion, Tries, Waiting, Wanted};
use super::{DeliveryConfig, DropReason, Order, Outcome, Record, RejectedItem};

/// Reason for another attempt at events that a provider put off one by one.
const DEFERRED: &str = "some events were deferred";

/// Batches between packer and attempt, and what becomes of them.
#[derive(Debug)]
pub struct Scheduler {
    pub waiting: Waiting,
    pub accounts: Accounts,
    throttle: Throttle,
    /// Jobs sent and not yet settled.
    sent: usize,
    /// Requests of which the provider took something.
    successes: u64,
    suspicion: Option<Suspicion>,
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
            sent: 0,
            successes: 0,
            suspicion: None,
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
        let mut job = self.choose(now, permit == Permit::Probe)?;
        self.sent += 1;
        self.throttle.begins(&mut job, permit);
        job.tries.begin(now);
        self.accounts.delta.requests += 1;
        self.accounts.delta.retries += u64::from(job.repeats);
        Some(job)
    }

    fn choose(&mut self, now: Instant, probes: bool) -> Option<Job> {
        let mut wanted = Wanted {
            in_order: self.in_order,
            probes,
            refused: false,
        };
        if self.suspicion.is_some() {
            let job = self.waiting.next_due(now, wanted);
            return job.or_else(|| self.lone_event(now));
        }
        wanted.refused = true;
        loop {
            let job = self.waiting.next_due(now, wanted)?;
            if !job.refused {
                return Some(job);
            }
            // The form is right after all: there is a bad event in this one.
            let reason = job.last_reason.clone();
            self.search(job, &reason, now);
        }
    }

    /// One event of the longest batch that is left, once all answers are there: it tells whether an
    /// event is bad or all are refused.
    fn lone_event(&mut self, now: Instant) -> Option<Job> {
        if self.sent > 0 {
            return None;
        }
        let (lone, rest) = self.waiting.take_longest(now)?.cut_first();
        if let Some(rest) = rest {
            self.accounts.delta.splits += 1;
            self.waiting.put(rest);
        }
        Some(lone)
    }

    /// When time alone may change what [`Scheduler::next`] and [`Scheduler::expire`] do.
    pub fn wake_at(&self, now: Instant) -> Option<Instant> {
        let jobs = self.waiting.changes_at(self.delivery_timeout);
        jobs.chain(self.throttle.changes_at())
            .flatten()
            .filter(|at| *at > now)
            .min()
    }

    /// Gives up jobs whose delivery timeout has passed.
    pub fn expire(&mut self, now: Instant) {
        for job in self.waiting.take_expired(now, self.delivery_timeout) {
            self.give_up(&job, DropReason::DeliveryTimeout, &job.last_reason, now);
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
        let mut by_tries = self.waiting.take_by_tries(in_flight);
        let unsent = by_tries.remove(&Tries::default()).unwrap_or_default();
        for (tries, records) in by_tries {
            self.accounts.had_to_stop(&records, tries, now);
        }
        unsent
    }

    fn give_up(&mut self, job: &Job, reason: DropReason, detail: &str, now: Instant) {
        let cause = Cause::new(reason, detail, job.tries);
        self.accounts.give_up(&job.batch.records, cause, now);
    }

    /// Takes note of how an attempt went.
    pub fn settle(&mut self, mut job: Job, outcome: Outcome, now: Instant) {
        self.sent -= 1;
        let throttled = matches!(outcome, Outcome::Throttled { .. });
        job.throttled = if throttled { job.throttled + 1 } else { 0 };
        match outcome {
            Outcome::Delivered => {
                self.succeeded(&job, now);
                self.accounts.delivered(job.len());
            }
            Outcome::Partial { rejected, retry } => self.settle_items(job, rejected, &retry, now),
            Outcome::Split { reason } => self.split(job, &reason, now),
            Outcome::Bisect { reason } => self.bisect(job, reason, now),
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
            Outcome::Rejected { reason } if self.suspects(&reason) => {
                self.refused_alike(job, reason, now);
            }
            Outcome::Uncertain { failed, reason } => self.uncertain(&job, failed, &reason, now),
            Outcome::Rejected { reason } => {
                self.answered(now);
                self.give_up(&job, DropReason::Rejected, &reason, now);
            }
        }
    }

    /// The provider is there, whatever it said.
    fn answered(&mut self, now: Instant) {
        if self.throttle.answered() {
            self.accounts.reporter.recovered(now);
        }
    }

    /// Some of a request got through: its form is right.
    fn succeeded(&mut self, job: &Job, now: Instant) {
        self.answered(now);
        job.progressed();
        self.successes += 1;
        self.end_suspicion();
    }

    fn end_suspicion(&mut self) {
        let suspicion = self.suspicion.take();
        if suspicion.is_some_and(|suspicion| suspicion.is_certain()) {
            // The form was wrong until now, which says nothing about what was refused meanwhile.
            self.waiting.forget_refusals();
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
                    self.accounts.reporter.outage_began(now, &job.last_reason);
                }
                self.keep(job, now);
            }
        }
    }

    /// Puts a job back whose failure is the endpoint's: it uses no retry.
    fn keep(&mut self, mut job: Job, now: Instant) {
        job.not_before = now;
        job.repeats = true;
        self.put_back(job);
    }

    /// Puts a job back whose failure is its own, unless it has used its retries.
    fn retry(&mut self, mut job: Job, asked: Option<Duration>, now: Instant) {
        if job.retries >= self.max_retries && !job.is_throttled_often() {
            return self.give_up(&job, DropReason::RetriesExhausted, &job.last_reason, now);
        }
        job.not_before = now + self.throttle.delay(job.retries, asked);
        job.retries += 1;
        job.repeats = true;
        self.put_back(job);
    }

    fn put_back(&mut self, mut job: Job) {
        if job.is_throttled_often() {
            job.throttled = 0;
            job.retries = 0;
            self.halve(job);
        } else {
            self.waiting.put(job);
        }
    }

    fn paused(&mut self, mut job: Job, reason: String, now: Instant) {
        if self.throttle.pause(now) {
            self.accounts.reporter.paused(now, &reason);
        }
        job.last_reason = reason;
        self.keep(job, now);
    }

    fn split(&mut self, mut job: Job, reason: &str, now: Instant) {
        self.answered(now);
        if job.len() == 1 {
            return self.give_up(&job, DropReason::Oversize, reason, now);
        }
        job.not_before = now;
        self.halve(job);
    }

    fn bisect(&mut self, mut job: Job, reason: String, now: Instant) {
        if self.suspects(&reason) || job.is_refused_alike(&reason, self.successes) {
            return self.refused_alike(job, reason, now);
        }
        // Other words: it is the events that differ.
        self.end_suspicion();
        self.answered(now);
        job.not_before = now;
        self.search(job, &reason, now);
    }

    fn suspects(&self, reason: &str) -> bool {
        let suspicion = self.suspicion.as_ref();
        suspicion.is_some_and(|suspicion| suspicion.is_about(reason))
    }

    /// Keeps a job that is refused in the words its whole batch was. What is left of that is sent
    /// first; if all of it is refused alike, single events; if they are too, the sink pauses.
    fn refused_alike(&mut self, mut job: Job, reason: String, now: Instant) {
        let suspicion = self
            .suspicion
            .get_or_insert_with(|| Suspicion::new(&reason));
        suspicion.add(&job);
        if !suspicion.is_certain() {
            self.answered(now);
        } else if self.throttle.pause(now) {
            let why = format!("every part of a batch is refused alike: {reason}");
            self.accounts.reporter.paused(now, &why);
        }
        job.refused = true;
        job.last_reason = reason;
        self.keep(job, now);
    }

    /// Looks for the bad event of a job in its halves.
    fn search(&mut self, mut job: Job, reason: &str, now: Instant) {
        if job.len() == 1 {
            return self.give_up(&job, DropReason::Rejected, reason, now);
        }
        if !job.may_halve(reason, self.successes) {
            let detail = format!("too many bad events to tell them apart: {reason}");
            return self.give_up(&job, DropReason::Rejected, &detail, now);
        }
        self.halve(job);
    }

    fn halve(&mut self, job: Job) {
        self.accounts.delta.splits += 1;
        let (first, second) = job.halves();
        self.waiting.put(second);
        self.waiting.put(first);
    }

    /// Ends a request of which so many events are lost; where the answer does not say how many, all
    /// count as lost. None is kept in the dead-letter file: nobody knows which they are.
    fn uncertain(&mut self, job: &Job, failed: Option<usize>, reason: &str, now: Instant) {
        self.answered(now);
        job.progressed();
        self.accounts.uncertain(job.len(), failed, reason, now);
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
        self.succeeded(&job, now);
        let (records, job) = job.take_apart();
        let sorted = Sorted::new(records, fates);
        self.accounts.settle(&sorted, job.tries, now);
        if !sorted.deferred.is_empty() {
            let mut job = job.part(sorted.deferred);
            DEFERRED.clone_into(&mut job.last_reason);
            self.retry(job, None, now);
        }
    }
}
