//! The loop that delivers: takes records from the queue, packs them, keeps attempts in flight.
//!
//! It owns all delivery state; nothing here is locked. One turn of the loop looks at everything
//! that may have changed, then waits for the next change.

use std::future::pending;
use std::mem;
use std::sync::Arc;

use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::desk::Desk;
use super::flushes::Flushes;
use super::in_flight::InFlight;
use super::intake::Intake;
use super::job::Job;
use super::ledger::Ledger;
use super::shared::{Request, Shared};
use super::{DeliveryConfig, Limits, Report, Surroundings, Transport};

/// Delivers what writers put in the queue, until the sink is stopped.
pub struct Worker {
    pub(super) shared: Arc<Shared>,
    pub(super) intake: Intake,
    pub(super) desk: Desk,
    pub(super) in_flight: InFlight,
    /// Jobs here at a time.
    max_jobs: usize,
    pub(super) flushes: Flushes,
    /// When what is left is given up, once the sink is stopping.
    pub(super) gives_up_at: Option<Instant>,
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
        let wall_clock = surroundings.wall_clock;
        Self {
            intake: Intake::new(Arc::clone(&shared), limits, delivery, wall_clock),
            desk: Desk::new(ledger, limits.order, delivery, surroundings.seed),
            in_flight: InFlight::new(transport, delivery),
            max_jobs: delivery.max_in_flight.saturating_mul(2),
            flushes: Flushes::default(),
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
                Request::Stop(within) => self.begin_stop(within, now),
                Request::Flush { until, done } => self.flushes.begin(until, done),
                Request::Health(done) => self.in_flight.check_health(done),
            }
        }
    }

    /// Packs what the queue holds, as far as more batches may wait. A turn takes a bounded number
    /// of records, even of those that no batch carries: answers and requests wait meanwhile.
    fn fill(&mut self, now: Instant) {
        for _ in 0..self.max_jobs {
            if !self.has_capacity() || !self.intake.take(&mut self.desk, now) {
                break;
            }
        }
        if self.intake.due().is_some_and(|due| due <= now) || self.gives_up_at.is_some() {
            self.intake.close(&mut self.desk.line, now);
        }
        if self.flushes.wait_for_queue() {
            let left = self.shared.lock().queue.left();
            if self.flushes.are_reached(left) {
                self.intake.close(&mut self.desk.line, now);
                self.flushes.set_barrier(left, self.intake.next_number());
            }
        }
    }

    fn dispatch(&mut self, now: Instant) {
        while !self.in_flight.is_full() {
            let Some(job) = self.desk.next(now) else {
                break;
            };
            self.in_flight.send(job);
        }
    }

    pub(super) fn publish(&mut self) {
        let delta = mem::take(&mut self.desk.ledger.delta);
        self.shared.publish(&delta, self.held());
    }

    /// Records here, counted where they lie.
    pub(super) fn held(&self) -> usize {
        self.intake.len() + self.jobs().map(Job::len).sum::<usize>()
    }

    fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.desk.line.iter().chain(self.in_flight.jobs())
    }

    /// As many batches wait as are in flight: the next is ready the moment a place is free, and
    /// one that waits for a retry does not stop the others.
    fn has_capacity(&self) -> bool {
        self.desk.line.len() + self.in_flight.len() < self.max_jobs
    }

    fn finish_flushes(&mut self) {
        if !self.flushes.is_empty() {
            let oldest = self.jobs().map(|job| job.number).min();
            self.flushes.finish(oldest);
        }
    }

    async fn wait(&mut self, now: Instant) {
        if !self.arm() {
            // Attempts and timers run on this thread too.
            return yield_now().await;
        }
        let due = self.intake.due().filter(|due| *due > now);
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
        tokio::select! {
            Some((job, outcome)) = self.in_flight.ended() => {
                self.desk.settle(job, outcome, Instant::now());
            }
            () = self.shared.woken() => {}
            () = timer => {}
        }
    }

    /// Has writers wake this worker when there is more to pack. `false` when there is already.
    fn arm(&self) -> bool {
        if self.has_capacity() {
            return self.intake.arm();
        }
        self.shared.lock().queue.disarm();
        true
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.shared.end();
    }
}
