//! What follows from an outcome: delivered, sent again, halved, or given up. No I/O besides the
//! dead-letter file; time comes in as an argument.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::breaker::{Breaker, Permit};
use super::job::{Job, Line};
use super::ledger::{Cause, Ledger};
use super::retry::{Backoff, Random, RetryBudget};
use super::{DeliveryConfig, DropReason, Order, Outcome, Record, RejectedItem};

/// Longest wait between attempts once the sink is stopping.
const DRAIN_DELAY: Duration = Duration::from_millis(500);

/// Longest delay an answer may ask for.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(300);

/// Reason for another attempt at events that a provider put off one by one.
const DEFERRED: &str = "some events were deferred";

/// Decides which job is attempted when.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) line: Line,
    pub(super) ledger: Ledger,
    breaker: Breaker,
    budget: RetryBudget,
    backoff: Backoff,
    random: Random,
    max_retries: u32,
    delivery_timeout: Duration,
    in_order: bool,
    /// The provider asked for silence until then.
    silent_until: Option<Instant>,
    draining: bool,
}

impl Desk {
    pub(super) fn new(ledger: Ledger, order: Order, delivery: &DeliveryConfig, seed: u64) -> Self {
        Self {
            line: Line::default(),
            ledger,
            breaker: Breaker::new(delivery.max_retries),
            budget: RetryBudget::new(),
            backoff: Backoff {
                base: delivery.retry_base_delay,
                max: delivery.retry_max_delay,
            },
            random: Random::new(seed),
            max_retries: delivery.max_retries,
            delivery_timeout: delivery.delivery_timeout,
            in_order: order == Order::AcrossBatches,
            silent_until: None,
            draining: false,
        }
    }

    /// The job to attempt now, if one may be.
    pub(super) fn next(&mut self, now: Instant) -> Option<Job> {
        if self.silent_until.is_some_and(|until| now < until) {
            return None;
        }
        let permit = self.breaker.permit(now);
        if permit == Permit::Wait {
            return None;
        }
        let probes = permit == Permit::Probe;
        let mut job = self.line.next_due(now, self.in_order, probes)?;
        if probes {
            self.breaker.probe_sent();
        }
        job.outages = self.breaker.outages();
        if job.attempts == 0 {
            self.budget.earn();
        }
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
        jobs.chain([self.silent_until, self.breaker.probe_due()])
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
        self.draining = true;
        self.silent_until = None;
        self.breaker.hurry(now);
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

    pub(super) fn give_up(&mut self, job: &Job, reason: DropReason, detail: &str, now: Instant) {
        self.ledger.give_up(
            &job.batch.records,
            Cause {
                reason,
                detail,
                attempts: job.attempts,
            },
            now,
        );
    }

    fn answered(&mut self) {
        if self.breaker.success() {
            self.silent_until = None;
            self.ledger.journal.recovered();
        }
    }

    fn failed(
        &mut self,
        mut job: Job,
        retry_after: Option<Duration>,
        reason: String,
        now: Instant,
    ) {
        self.ledger.journal.attempt_failed(now, job.len(), &reason);
        let (backoff, random) = (self.backoff, &mut self.random);
        let cap = if self.draining {
            DRAIN_DELAY
        } else {
            Duration::MAX
        };
        let is_news = job.outages == self.breaker.outages();
        let cooldown = |probe| backoff.cooldown(probe, random).min(cap);
        if is_news && self.breaker.failure(now, cooldown) {
            self.ledger.journal.outage_began();
        }
        let asked = retry_after.map(|asked| asked.min(MAX_RETRY_AFTER).min(cap));
        // For the whole sink: the provider means the sender, not one of its requests.
        self.silent_until = asked.map(|asked| now + asked).max(self.silent_until);
        job.last_reason = reason;
        if is_news && self.breaker.is_closed() {
            self.retry(job, asked, now);
        } else {
            self.keep(job, now);
        }
    }

    /// Puts a job back whose failure is the endpoint's: it uses no retry.
    fn keep(&mut self, mut job: Job, now: Instant) {
        job.not_before = now;
        job.repeats = true;
        self.line.put(job);
    }

    fn retry(&mut self, mut job: Job, asked: Option<Duration>, now: Instant) {
        if job.retries >= self.max_retries {
            let reason = job.last_reason.clone();
            return self.give_up(&job, DropReason::RetriesExhausted, &reason, now);
        }
        let own = if self.budget.spend() {
            self.backoff.delay(job.retries, &mut self.random)
        } else {
            self.backoff.max
        };
        let delay = asked.unwrap_or(own);
        job.retries += 1;
        job.repeats = true;
        job.not_before = now
            + if self.draining {
                delay.min(DRAIN_DELAY)
            } else {
                delay
            };
        self.line.put(job);
    }

    fn paused(&mut self, mut job: Job, reason: String, now: Instant) {
        if self.breaker.pause(now) {
            self.ledger.journal.paused(&reason);
        }
        if self.draining {
            self.breaker.hurry(now + DRAIN_DELAY);
        }
        job.last_reason = reason;
        self.keep(job, now);
    }

    /// Sorts the events of an answer that tells them apart. An index beyond the request is
    /// ignored; one that is both rejected and to be retried is rejected.
    fn settle_items(
        &mut self,
        job: Job,
        rejected: Vec<RejectedItem>,
        retry: &[usize],
        now: Instant,
    ) {
        let mut fates: Vec<Option<Fate>> =
            std::iter::repeat_with(|| None).take(job.len()).collect();
        for &index in retry {
            if let Some(fate) = fates.get_mut(index) {
                *fate = Some(Fate::Again);
            }
        }
        for item in rejected {
            if let Some(fate) = fates.get_mut(item.index) {
                *fate = Some(Fate::Refused(item.reason));
            }
        }
        if fates.iter().all(|fate| matches!(fate, Some(Fate::Again))) {
            // Nothing got through: an outage, in which events are kept.
            return self.failed(job, None, DEFERRED.to_owned(), now);
        }
        self.answered();
        job.progressed();
        let (records, job) = job.take_apart();
        let mut again = Vec::new();
        let (mut refused, mut uncertain) = (Refused::default(), Refused::default());
        for (record, fate) in records.into_iter().zip(fates) {
            match fate {
                None => self.ledger.delivered(1),
                Some(Fate::Again) => again.push(record),
                Some(Fate::Refused(reason)) if reason == RejectedItem::UNCERTAIN => {
                    uncertain.add(record, reason);
                }
                Some(Fate::Refused(reason)) => refused.add(record, reason),
            }
        }
        self.end_refused(&refused, DropReason::Rejected, job.attempts, now);
        self.end_refused(&uncertain, DropReason::Uncertain, job.attempts, now);
        if !again.is_empty() {
            let mut job = job.part(again);
            DEFERRED.clone_into(&mut job.last_reason);
            self.retry(job, None, now);
        }
    }

    fn end_refused(&mut self, refused: &Refused, reason: DropReason, attempts: u32, now: Instant) {
        if let Some(first) = refused.reasons.first() {
            let cause = Cause {
                reason,
                detail: first,
                attempts,
            };
            self.ledger
                .give_up_each(&refused.records, &refused.reasons, cause, now);
        }
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

enum Fate {
    Again,
    Refused(String),
}

/// Refused records and what the provider said of each, ended together: each append to the
/// dead-letter file waits for the disk.
#[derive(Default)]
struct Refused {
    records: Vec<Record>,
    reasons: Vec<String>,
}

impl Refused {
    fn add(&mut self, record: Record, reason: String) {
        self.records.push(record);
        self.reasons.push(reason);
    }
}
