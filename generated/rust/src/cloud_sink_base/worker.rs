//! The loop that delivers: takes records from the queue, packs them, keeps attempts in flight.
//!
//! It owns all delivery state; nothing here is locked. One turn of the loop looks at everything
//! that may have changed, then waits for the next change.

use std::collections::{BTreeMap, HashMap};
use std::future::pending;
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::task::{Id, JoinError, JoinSet, yield_now};
use tokio::time::{Instant, sleep_until, timeout};

use super::batcher::{Batcher, TooLong};
use super::job::Job;
use super::ledger::{Cause, Ledger};
use super::settle::Desk;
use super::shared::{Request, Shared};
use super::{
    DeliveryConfig, DropReason, HealthError, Limits, Outcome, Record, Report, Surroundings,
    Timestamp, Transport,
};

/// Records given up at a time when the sink must stop, so that the counters keep moving.
const ABANDON_CHUNK: usize = 10_000;

/// Share of the time to stop that is kept for writing dead letters, at most this long.
const ABANDON_RESERVE: Duration = Duration::from_millis(250);

/// Delivers what writers put in the queue, until the sink is stopped.
pub struct Worker {
    shared: Arc<Shared>,
    transport: Arc<dyn Transport>,
    wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    max_age: Option<Duration>,
    max_ahead: Option<Duration>,
    attempt_timeout: Duration,
    max_in_flight: usize,
    batcher: Batcher,
    desk: Desk,
    attempts: JoinSet<Outcome>,
    in_flight: HashMap<Id, Job>,
    next_number: u64,
    flushes: Vec<Flush>,
    /// When what is left is given up, once the sink is stopping.
    gives_up_at: Option<Instant>,
}

/// A flush under way.
struct Flush {
    /// Records that must have left the queue.
    until: u64,
    /// Then: batches below this number must be settled.
    barrier: Option<u64>,
    done: oneshot::Sender<()>,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        transport: Arc<dyn Transport>,
        limits: &Limits,
        delivery: &DeliveryConfig,
        surroundings: Surroundings,
    ) -> Self {
        let ledger = Ledger::new(shared.name, delivery);
        Self {
            transport,
            wall_clock: surroundings.wall_clock,
            max_age: limits.max_age,
            max_ahead: limits.max_ahead,
            attempt_timeout: delivery.attempt_timeout,
            max_in_flight: delivery.max_in_flight,
            batcher: Batcher::new(limits, delivery),
            desk: Desk::new(ledger, limits.order, delivery, surroundings.seed),
            attempts: JoinSet::new(),
            in_flight: HashMap::new(),
            next_number: 0,
            flushes: Vec::new(),
            gives_up_at: None,
            shared,
        }
    }

    /// Runs until the sink is stopped and returns the final counters. Dropped before that, the
    /// sink is closed and what it holds stays counted as pending.
    pub async fn run(mut self) -> Report {
        self.desk.ledger.journal.started();
        loop {
            let now = Instant::now();
            self.read_requests(now);
            self.desk.expire(now);
            self.fill(now);
            self.dispatch(now);
            self.publish();
            self.finish_flushes();
            if self.is_done(now) {
                break;
            }
            self.wait(now).await;
        }
        self.abandon();
        let report = self.shared.stats();
        self.desk.ledger.journal.stopped(&report);
        report
    }

    fn read_requests(&mut self, now: Instant) {
        for request in self.shared.requests() {
            match request {
                Request::Stop(within) => {
                    let reserve = if self.desk.ledger.keeps_dead_letters() {
                        within / 10
                    } else {
                        Duration::ZERO
                    };
                    let end = now + within.saturating_sub(reserve.min(ABANDON_RESERVE));
                    self.gives_up_at = Some(self.gives_up_at.map_or(end, |old| old.min(end)));
                    self.desk.drain(now);
                }
                Request::Flush { until, done } => self.flushes.push(Flush {
                    until,
                    barrier: None,
                    done,
                }),
                Request::Health(done) => self.check_health(done),
            }
        }
    }

    fn check_health(&self, done: oneshot::Sender<Result<(), HealthError>>) {
        let (transport, limit) = (Arc::clone(&self.transport), self.attempt_timeout);
        tokio::spawn(async move {
            let answer = timeout(limit, transport.health_check()).await;
            let _ =
                done.send(answer.unwrap_or_else(|_| Err(HealthError::new("no answer in time"))));
        });
    }

    /// Packs what the queue holds, as far as more batches may wait. A turn takes a bounded number
    /// of records, even of those that no batch carries: answers and requests wait meanwhile.
    fn fill(&mut self, now: Instant) {
        let mut closed = Vec::new();
        for _ in 0..self.max_in_flight.saturating_mul(2) {
            let (events, _) = self.batcher.room();
            let mut taken = Vec::new();
            if self.has_capacity() {
                self.shared.take(events, &mut taken);
            }
            if taken.is_empty() {
                break;
            }
            self.pack(taken, now, &mut closed);
            self.enqueue(&mut closed, now);
        }
        if self.batcher.due().is_some_and(|due| due <= now) || self.gives_up_at.is_some() {
            self.batcher.close(&mut closed);
        }
        self.reach_barriers(&mut closed);
        self.enqueue(&mut closed, now);
    }

    fn pack(&mut self, records: Vec<Record>, now: Instant, closed: &mut Vec<Vec<Record>>) {
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
            } else if let Err(TooLong(record)) = self.batcher.push(record, now, closed) {
                too_long.push(record);
            }
        }
        let detail = "the event's time is outside what the provider keeps";
        self.end_unsent(&untimely, DropReason::OutOfWindow, detail, now);
        let detail = "longer than the provider accepts";
        self.end_unsent(&too_long, DropReason::Oversize, detail, now);
    }

    fn end_unsent(&mut self, records: &[Record], reason: DropReason, detail: &str, now: Instant) {
        if !records.is_empty() {
            let cause = Cause {
                reason,
                detail,
                attempts: 0,
            };
            self.desk.ledger.give_up(records, cause, now);
        }
    }

    fn enqueue(&mut self, closed: &mut Vec<Vec<Record>>, now: Instant) {
        for records in closed.drain(..) {
            self.desk.line.put(Job::new(records, self.next_number, now));
            self.next_number += 1;
        }
    }

    fn dispatch(&mut self, now: Instant) {
        while self.in_flight.len() < self.max_in_flight {
            let Some(job) = self.desk.next(now) else {
                break;
            };
            let (transport, batch, limit) = (
                Arc::clone(&self.transport),
                Arc::clone(&job.batch),
                self.attempt_timeout,
            );
            let attempt = self.attempts.spawn(async move {
                let answer = timeout(limit, transport.send(&batch)).await;
                answer.unwrap_or_else(|_| Outcome::Transient {
                    retry_after: None,
                    reason: format!("no answer within {} s", limit.as_secs_f32()),
                })
            });
            self.in_flight.insert(attempt.id(), job);
        }
    }

    fn publish(&mut self) {
        let delta = mem::take(&mut self.desk.ledger.delta);
        self.shared.publish(&delta, self.held());
    }

    /// Records here, counted where they lie.
    fn held(&self) -> usize {
        let jobs = self.desk.line.iter().chain(self.in_flight.values());
        self.batcher.len() + jobs.map(Job::len).sum::<usize>()
    }

    /// As many batches wait as are in flight: the next is ready the moment a place is free, and
    /// one that waits for a retry does not stop the others.
    fn has_capacity(&self) -> bool {
        self.desk.line.len() + self.in_flight.len() < self.max_in_flight.saturating_mul(2)
    }

    /// Gives flushes whose records have all left the queue the batch number to wait for.
    fn reach_barriers(&mut self, closed: &mut Vec<Vec<Record>>) {
        if self.flushes.iter().all(|flush| flush.barrier.is_some()) {
            return;
        }
        let left = self.shared.lock().queue.left();
        let reached = |flush: &&mut Flush| flush.barrier.is_none() && flush.until <= left;
        let mut reached = self.flushes.iter_mut().filter(reached).peekable();
        if reached.peek().is_some() {
            self.batcher.close(closed);
            let barrier = self.next_number + closed.len() as u64;
            reached.for_each(|flush| flush.barrier = Some(barrier));
        }
    }

    fn finish_flushes(&mut self) {
        if self.flushes.is_empty() {
            return;
        }
        let oldest = self
            .desk
            .line
            .iter()
            .chain(self.in_flight.values())
            .map(|job| job.number)
            .min();
        let is_done = |flush: &mut Flush| {
            flush
                .barrier
                .is_some_and(|barrier| oldest.is_none_or(|n| n >= barrier))
        };
        for flush in self.flushes.extract_if(.., is_done) {
            let _ = flush.done.send(());
        }
        // Nobody waits for those any more; in an outage they would pile up.
        self.flushes.retain(|flush| !flush.done.is_closed());
    }

    fn is_done(&self, now: Instant) -> bool {
        self.gives_up_at.is_some_and(|end| {
            end <= now || (self.held() == 0 && self.shared.lock().queue.len() == 0)
        })
    }

    async fn wait(&mut self, now: Instant) {
        if !self.arm() {
            // Attempts and timers run on this thread too.
            return yield_now().await;
        }
        let due = self.batcher.due().filter(|due| *due > now);
        let wake_at = [due, self.desk.wake_at(now), self.gives_up_at]
            .into_iter()
            .flatten()
            .min();
        let timer = async {
            match wake_at {
                Some(at) => sleep_until(at).await,
                None => pending().await,
            }
        };
        let ended = tokio::select! {
            Some(ended) = self.attempts.join_next_with_id() => Some(ended),
            () = self.shared.woken() => None,
            () = timer => None,
        };
        if let Some(ended) = ended {
            self.settle(ended);
        }
    }

    /// Asks writers for a wake-up when there is a batch's worth. `false` when there is already.
    fn arm(&self) -> bool {
        if !self.has_capacity() {
            self.shared.lock().queue.disarm();
            return true;
        }
        // The first event of a batch wakes too: it starts the batch's clock.
        let (events, bytes) = if self.batcher.len() == 0 {
            (1, 1)
        } else {
            self.batcher.room()
        };
        self.shared.lock().queue.arm(events, bytes)
    }

    fn settle(&mut self, ended: Result<(Id, Outcome), JoinError>) {
        let (id, outcome) = ended.unwrap_or_else(|error| {
            let reason = "the transport panicked".to_owned();
            (
                error.id(),
                Outcome::Transient {
                    retry_after: None,
                    reason,
                },
            )
        });
        if let Some(job) = self.in_flight.remove(&id) {
            self.desk.settle(job, outcome, Instant::now());
        }
    }

    /// Gives up what is left when the time to stop is over.
    fn abandon(&mut self) {
        // Answers that are here already count.
        while let Some(ended) = self.attempts.try_join_next_with_id() {
            self.settle(ended);
        }
        self.attempts.abort_all();
        let now = Instant::now();
        let detail = "the sink had to stop";
        let jobs = self
            .desk
            .line
            .take_all()
            .into_iter()
            .chain(self.in_flight.drain().map(|(_, job)| job));
        // Together with all that had as many attempts: each append to the dead-letter file waits
        // for the disk, and there is little time.
        let mut by_attempts: BTreeMap<u32, Vec<Record>> = BTreeMap::new();
        for job in jobs {
            let (records, job) = job.take_apart();
            by_attempts.entry(job.attempts).or_default().extend(records);
        }
        let mut open = Vec::new();
        self.batcher.close(&mut open);
        let mut rest = by_attempts.remove(&0).unwrap_or_default();
        rest.extend(open.into_iter().flatten());
        for (attempts, records) in by_attempts {
            let cause = Cause {
                reason: DropReason::ShutdownDeadline,
                detail,
                attempts,
            };
            self.desk.ledger.give_up(&records, cause, now);
        }
        loop {
            let cause = Cause {
                reason: DropReason::ShutdownDeadline,
                detail,
                attempts: 0,
            };
            if !rest.is_empty() {
                self.desk.ledger.give_up(&rest, cause, now);
                rest.clear();
            }
            self.publish();
            self.shared.take(ABANDON_CHUNK, &mut rest);
            if rest.is_empty() {
                break;
            }
        }
        for flush in self.flushes.drain(..) {
            let _ = flush.done.send(());
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.end();
    }
}
