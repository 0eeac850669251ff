//! What writers, the sink's owner and the worker share: the queue, the counters, and the requests
//! of the owner.
//!
//! One mutex guards it all. Writers hold it for one push, the worker once per batch.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::accounts::Overflowed;
use super::encoder::EventEncoder;
use super::queue::Queue;
use super::settings::LONGEST;
use super::{
    DeliveryConfig, DropReason, EventTime, HealthError, Overflow, Record, RefuseReason, Stats,
    WriteError, reporter,
};

/// What an owner asks of the worker.
pub enum Request {
    /// Deliver what is pending, at most this long, then end.
    Stop(Duration),
    /// Tell when the first `until` events taken over are settled.
    Flush {
        until: u64,
        done: oneshot::Sender<()>,
    },
    /// Run a health check.
    Health(oneshot::Sender<Result<(), HealthError>>),
}

/// The queue, the counters and the requests of one sink.
pub struct Shared {
    pub name: &'static str,
    pub encoder: EventEncoder,
    /// Longest a writer waits for room; `None` where it never waits.
    pub block_timeout: Option<Duration>,
    /// Wakes writers that wait for room.
    pub room: Notify,
    /// Wakes the worker.
    pub wake: Notify,
    state: Mutex<State>,
    ended: Notify,
    ended_blocking: Condvar,
}

/// What the mutex guards.
pub struct State {
    pub queue: Queue,
    pub stats: Stats,
    pub waiting_writers: usize,
    phase: Phase,
    /// Records the worker has.
    held: u64,
    requests: Vec<Request>,
    /// What the worker has not been told of yet.
    overflow: Overflowed,
    /// The worker wants to be woken by the next overflow.
    overflow_wakes: bool,
    /// What was said about times of events.
    said: Vec<EventTime>,
}

/// How far the sink is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Open,
    /// Writers are refused.
    Closed,
    /// The worker gives up what is left.
    GivesUp,
    /// No worker runs any more.
    Ended,
}

impl Shared {
    pub fn new(name: &'static str, encoder: EventEncoder, delivery: &DeliveryConfig) -> Self {
        let blocks = delivery.overflow == Overflow::Block;
        Self {
            name,
            encoder,
            block_timeout: blocks.then_some(delivery.block_timeout),
            room: Notify::new(),
            wake: Notify::new(),
            state: Mutex::new(State {
                queue: Queue::new(delivery),
                stats: Stats::default(),
                waiting_writers: 0,
                phase: Phase::Open,
                held: 0,
                requests: Vec::new(),
                overflow: Overflowed::default(),
                overflow_wakes: true,
                said: Vec::new(),
            }),
            ended: Notify::new(),
            ended_blocking: Condvar::new(),
        }
    }

    pub fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of another thread leaves the state usable: nothing is updated in two steps
        // with foreign code between them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn stats(&self) -> Stats {
        let state = self.lock();
        let pending = state.queue.len() as u64 + state.held;
        Stats {
            pending,
            ..state.stats.clone()
        }
    }
}

/// The owner's side.
impl Shared {
    /// Notes for the counters, and says once, that credentials can be read in between.
    pub fn note_shown_credentials(&self) {
        self.lock().stats.credentials_in_clear = true;
        reporter::shown_credentials(self.name);
    }

    /// Hands a request to the worker; it is told how many records will have left the queue once
    /// all that are in it now have. A sink that ended drops the request.
    pub fn request(&self, make: impl FnOnce(u64) -> Request) {
        let mut state = self.lock();
        if state.phase == Phase::Ended {
            return;
        }
        let until = state.queue.left() + state.queue.len() as u64;
        state.requests.push(make(until));
        drop(state);
        self.wake.notify_one();
    }

    /// Closes the queue to writers and asks the worker to end. A later call may shorten the time
    /// an earlier one allowed, never prolong it.
    pub fn stop(&self, within: Duration) {
        let mut state = self.lock();
        state.phase = state.phase.max(Phase::Closed);
        if state.phase == Phase::Ended {
            return;
        }
        state.requests.push(Request::Stop(within.min(LONGEST)));
        drop(state);
        self.wake.notify_one();
        self.room.notify_waiters();
    }

    /// Completes when the worker has ended.
    pub async fn ended(&self) {
        let ended = self.ended.notified();
        tokio::pin!(ended);
        ended.as_mut().enable();
        if self.lock().phase != Phase::Ended {
            ended.await;
        }
    }

    /// [`Shared::ended`] for a thread without a runtime. `false` when the time was not enough.
    pub fn wait_ended(&self, limit: Duration) -> bool {
        let state = self.lock();
        let waited = self
            .ended_blocking
            .wait_timeout_while(state, limit, |state| state.phase != Phase::Ended);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.phase == Phase::Ended
    }

    /// Whether the worker is giving up what is left.
    pub fn gives_up(&self) -> bool {
        self.lock().phase == Phase::GivesUp
    }
}

/// The worker's side.
impl Shared {
    /// Moves up to `max` of the oldest records to `out`.
    pub fn take(&self, max: usize, out: &mut Vec<Record>) {
        let mut state = self.lock();
        let count = state.queue.take(max, out);
        state.held += count as u64;
        let waiting = count > 0 && state.waiting_writers > 0;
        drop(state);
        if waiting {
            self.room.notify_waiters();
        }
    }

    /// Completes when there is something to do.
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Counts what became of events, with what the worker holds after it, in one step. Returns
    /// what the queue had no room for since the last call; `listens` when the next of that is to
    /// wake the worker.
    pub fn publish(&self, delta: &Stats, held: usize, listens: bool) -> Overflowed {
        let mut state = self.lock();
        state.stats.add(delta);
        state.held = held as u64;
        state.overflow_wakes = listens;
        std::mem::take(&mut state.overflow)
    }

    /// Tells whoever stops the sink that what is left is being given up.
    pub fn begin_giving_up(&self) {
        let mut state = self.lock();
        state.phase = state.phase.max(Phase::GivesUp);
    }

    /// What the owner asked for since the last call.
    pub fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.lock().requests)
    }

    /// Tells everybody that no worker runs any more.
    pub fn end(&self) {
        let mut state = self.lock();
        state.phase = Phase::Ended;
        // Dropping a request tells whoever waits for its answer.
        let requests = std::mem::take(&mut state.requests);
        drop(state);
        drop(requests);
        self.ended.notify_waiters();
        self.ended_blocking.notify_all();
        self.room.notify_waiters();
    }
}

/// The writers' side: a record gets into the queue at once, after waiting for room, or not at all.
impl Shared {
    /// Counts an accepted event that has the time of its acceptance, and says once that there are
    /// such events.
    pub(super) fn note_time(&self, time: EventTime) {
        if time == EventTime::Read {
            return;
        }
        let mut state = self.lock();
        state.stats.events_without_time += 1;
        let is_new = !state.said.contains(&time);
        if is_new {
            state.said.push(time);
        }
        drop(state);
        if is_new {
            reporter::without_time(self.name, time);
        }
    }

    /// Accepts a record or refuses it at once.
    pub fn push(&self, record: Record) -> Result<(), WriteError> {
        self.admit(record)
            .or_else(|(reason, _)| self.refuse(reason))
    }

    /// Accepts a record, waiting for room where the policy says so.
    pub async fn push_waiting(&self, record: Record) -> Result<(), WriteError> {
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
        if state.phase > Phase::Open {
            return Err((RefuseReason::Closed, record));
        }
        match state.queue.push(record) {
            Ok(evicted) => {
                state.stats.accepted += 1;
                state.stats.add_dropped(DropReason::Overflow, evicted);
                state.overflow.dropped += evicted;
                let tells = evicted > 0 && std::mem::take(&mut state.overflow_wakes);
                if tells || state.queue.is_alarming() {
                    self.wake_worker(state, tells);
                }
                Ok(())
            }
            Err(record) => {
                self.wake_worker(state, false);
                Err((RefuseReason::QueueFull, record))
            }
        }
    }

    /// Wakes the worker, once, if it asked for that or there is something to tell it.
    fn wake_worker(&self, mut state: MutexGuard<'_, State>, tells: bool) {
        if state.queue.disarm() || tells {
            drop(state);
            self.wake.notify_one();
        }
    }

    fn refuse(&self, reason: RefuseReason) -> Result<(), WriteError> {
        let mut state = self.lock();
        state.stats.add_refused(reason);
        if reason == RefuseReason::QueueFull {
            state.overflow.refused += 1;
            if std::mem::take(&mut state.overflow_wakes) {
                self.wake_worker(state, true);
            }
        }
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
