//! The loop that delivers: takes records from the queue, packs them, keeps attempts in flight.
//!
//! It owns all delivery state; nothing here is locked. One turn of the loop looks at everything
//! that may have changed, then waits for the next change.

use std::future::pending;
use std::mem;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep_until};

use super::accounts::Accounts;
use super::flushes::Flushes;
use super::in_flight::InFlight;
use super::packer::Packer;
use super::reporter::mark_delivery_thread;
use super::scheduler::Scheduler;
use super::shared::{Request, Shared};
use super::waiting::{Job, Tries};
use super::{DeliveryConfig, Limits, Report, StartError, Surroundings, Transport};

/// Records given up at a time when the sink must stop, so that the counters keep moving.
const ABANDON_CHUNK: usize = 10_000;

/// Time to stop that is kept for writing dead letters: this much, and more where many are pending.
const ABANDON_RESERVE: Duration = Duration::from_millis(250);

/// What one dead letter takes, on a slow machine.
const DEAD_LETTER_TIME: Duration = Duration::from_micros(5);

/// Delivers what writers put in the queue, until the sink is stopped.
pub struct Worker {
    shared: Arc<Shared>,
    packer: Packer,
    scheduler: Scheduler,
    in_flight: InFlight,
    /// Jobs here at a time.
    max_jobs: usize,
    flushes: Flushes,
    /// When what is left is given up, once the sink is stopping.
    gives_up_at: Option<Instant>,
}

impl Worker {
    pub(super) fn new(
        shared: Arc<Shared>,
        transport: Arc<dyn Transport>,
        limits: &Limits,
        delivery: &DeliveryConfig,
        surroundings: Surroundings,
    ) -> Self {
        let accounts = Accounts::new(shared.name, delivery);
        let wall_clock = surroundings.wall_clock;
        Self {
            packer: Packer::new(Arc::clone(&shared), limits, delivery, wall_clock),
            scheduler: Scheduler::new(accounts, limits.order, delivery, surroundings.seed),
            in_flight: InFlight::new(transport, delivery),
            max_jobs: delivery.max_in_flight.saturating_mul(2),
            flushes: Flushes::default(),
            gives_up_at: None,
            shared,
        }
    }

    /// Runs until the sink is stopped and returns the final counters. Dropped before that, the
    /// sink is closed and what it holds is given up.
    pub async fn run(mut self) -> Report {
        loop {
            let now = Instant::now();
            self.read_requests(now);
            self.scheduler.expire(now);
            self.fill(now);
            self.dispatch(now);
            self.sync_if_due(now);
            self.publish(now);
            self.finish_flushes();
            if self.is_done(now) {
                break;
            }
            self.wait(now).await;
        }
        self.abandon();
        let report = self.shared.stats();
        self.scheduler.accounts.reporter.stopped(&report);
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
            if !self.has_capacity() || !self.packer.take(&mut self.scheduler.waiting, now) {
                break;
            }
        }
        self.packer.end_unsent(&mut self.scheduler.accounts, now);
        if self.packer.due().is_some_and(|due| due <= now) || self.gives_up_at.is_some() {
            self.packer.close(&mut self.scheduler.waiting, now);
        }
        if self.flushes.wait_for_queue() {
            let left = self.shared.lock().queue.left();
            if self.flushes.are_reached(left) {
                self.packer.close(&mut self.scheduler.waiting, now);
                self.flushes.set_barrier(left, self.packer.next_number());
            }
        }
    }

    fn dispatch(&mut self, now: Instant) {
        while !self.in_flight.is_full() {
            let Some(job) = self.scheduler.next(now) else {
                break;
            };
            self.in_flight.send(job);
        }
    }

    fn sync_if_due(&mut self, now: Instant) {
        let accounts = &mut self.scheduler.accounts;
        if accounts.sync_due().is_some_and(|due| due <= now) {
            accounts.sync(now);
        }
    }

    fn publish(&mut self, now: Instant) {
        let accounts = &mut self.scheduler.accounts;
        accounts.reporter.speak(now);
        let (delta, listens) = (
            mem::take(&mut accounts.delta),
            accounts.reporter.may_speak(now),
        );
        let overflow = self.shared.publish(&delta, self.held(), listens);
        self.scheduler.accounts.overflowed(overflow, now);
    }

    /// Records here, counted where they lie.
    fn held(&self) -> usize {
        self.packer.len() + self.jobs().map(Job::len).sum::<usize>()
    }

    fn jobs(&self) -> impl Iterator<Item = &Job> {
        self.scheduler.waiting.iter().chain(self.in_flight.jobs())
    }

    /// As many batches wait as are in flight: the next is ready the moment a place is free, and
    /// one that waits for a retry does not stop the others.
    fn has_capacity(&self) -> bool {
        self.scheduler.waiting.len() + self.in_flight.len() < self.max_jobs
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
        let due = self.packer.due().filter(|due| *due > now);
        let accounts = &self.scheduler.accounts;
        let speaks = accounts.reporter.due().filter(|due| *due > now);
        let syncs = accounts.sync_due();
        let wake_at = [
            due,
            speaks,
            syncs,
            self.scheduler.wake_at(now),
            self.gives_up_at,
        ]
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
                self.scheduler.settle(job, outcome, Instant::now());
            }
            () = self.shared.woken() => {}
            () = timer => {}
        }
    }

    /// Has writers wake this worker when there is more to pack. `false` when there is already.
    fn arm(&self) -> bool {
        if self.has_capacity() {
            return self.packer.arm();
        }
        self.shared.lock().queue.disarm();
        true
    }
}

/// How it ends: what is pending is delivered until a deadline, what is left then is given up.
impl Worker {
    /// Sends everything without lingering from here on, at most for `within`.
    fn begin_stop(&mut self, within: Duration, now: Instant) {
        let reserve = if self.scheduler.accounts.keeps_dead_letters() {
            let pending = self.held() + self.shared.lock().queue.len();
            let pending = u32::try_from(pending).unwrap_or(u32::MAX);
            let needed = DEAD_LETTER_TIME.saturating_mul(pending).min(within / 2);
            needed.max(ABANDON_RESERVE.min(within / 10))
        } else {
            Duration::ZERO
        };
        let end = now + within.saturating_sub(reserve);
        self.gives_up_at = Some(self.gives_up_at.map_or(end, |old| old.min(end)));
        self.scheduler.drain(now);
    }

    /// Whether the worker may end: nothing is left, or no time.
    fn is_done(&self, now: Instant) -> bool {
        self.gives_up_at.is_some_and(|end| {
            end <= now || (self.held() == 0 && self.shared.lock().queue.len() == 0)
        })
    }

    /// Gives up what is left when the time to stop is over.
    fn abandon(&mut self) {
        self.shared.begin_giving_up();
        // Answers that are here already count.
        while let Some((job, outcome)) = self.in_flight.try_ended() {
            self.scheduler.settle(job, outcome, Instant::now());
        }
        let now = Instant::now();
        let mut rest = self.scheduler.abandon(self.in_flight.abort(), now);
        rest.extend(self.packer.take_open());
        loop {
            self.scheduler
                .accounts
                .had_to_stop(&rest, Tries::default(), now);
            rest.clear();
            self.publish(now);
            self.shared.take(ABANDON_CHUNK, &mut rest);
            if rest.is_empty() {
                break;
            }
        }
        self.scheduler.accounts.sync(now);
        self.flushes.finish_all();
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        // Nothing is left of a run that ended. One that was broken off, its runtime shut down,
        // still has to say what became of its events.
        if !thread::panicking() {
            self.abandon();
        }
        self.shared.end();
    }
}

/// Starts the thread that delivers, and waits until the worker is made, or is known to be impossible.
pub fn start_thread(
    name: &'static str,
    make: impl FnOnce() -> Result<Worker, StartError> + Send + 'static,
) -> Result<(), StartError> {
    let (ready, started) = mpsc::channel();
    let body = move || {
        mark_delivery_thread();
        match prepare(make) {
            Ok((runtime, worker)) => {
                let _ = ready.send(Ok(()));
                runtime.block_on(worker.run());
                // Not dropped: that would wait for a name lookup that may take minutes.
                runtime.shutdown_background();
            }
            Err(error) => {
                let _ = ready.send(Err(error));
            }
        }
    };
    thread::Builder::new()
        .name(format!("{name}-sink"))
        .spawn(body)
        .map_err(StartError::Thread)?;
    started
        .recv()
        .unwrap_or_else(|_| Err(StartError::Transport("the transport panicked".into())))
}

/// Makes the event loop, and the worker inside it.
fn prepare(
    make: impl FnOnce() -> Result<Worker, StartError>,
) -> Result<(Runtime, Worker), StartError> {
    let runtime = Builder::new_current_thread()
        .enable_all()
        .on_thread_start(mark_delivery_thread)
        .build()
        .map_err(StartError::Thread)?;
    let entered = runtime.enter();
    let worker = make()?;
    drop(entered);
    Ok((runtime, worker))
}
