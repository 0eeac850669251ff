//! What writers, the sink's owner and the worker share: the queue, the counters, and the requests
//! of the owner.
//!
//! One mutex guards it all. Writers hold it for one push, the worker once per batch.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};

use super::encoder::EventEncoder;
use super::queue::Queue;
use super::settings::LONGEST;
use super::{DeliveryConfig, EventTime, HealthError, Overflow, Record, Stats, journal};

/// What an owner asks of the worker.
pub(super) enum Request {
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

/// How writers get records in stands in `admission`.
pub(super) struct Shared {
    pub(super) name: &'static str,
    pub(super) encoder: EventEncoder,
    /// Longest a writer waits for room; `None` where it never waits.
    pub(super) block_timeout: Option<Duration>,
    /// Wakes writers that wait for room.
    pub(super) room: Notify,
    /// Wakes the worker.
    pub(super) wake: Notify,
    state: Mutex<State>,
    ended: Notify,
    ended_blocking: Condvar,
}

/// What the mutex guards.
pub(super) struct State {
    pub(super) queue: Queue,
    pub(super) stats: Stats,
    pub(super) waiting_writers: usize,
    /// Writers are refused.
    pub(super) closed: bool,
    /// Records the worker has.
    held: u64,
    requests: Vec<Request>,
    /// No worker runs any more.
    ended: bool,
    /// What was said about times of events.
    said: Vec<EventTime>,
}

impl Shared {
    pub(super) fn new(
        name: &'static str,
        encoder: EventEncoder,
        delivery: &DeliveryConfig,
    ) -> Self {
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
                closed: false,
                held: 0,
                requests: Vec::new(),
                ended: false,
                said: Vec::new(),
            }),
            ended: Notify::new(),
            ended_blocking: Condvar::new(),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of another thread leaves the state usable: nothing is updated in two steps
        // with foreign code between them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn stats(&self) -> Stats {
        let state = self.lock();
        let pending = state.queue.len() as u64 + state.held;
        Stats {
            pending,
            ..state.stats.clone()
        }
    }
}

/// The writers' side.
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
            journal::without_time(self.name, time);
        }
    }
}

/// The owner's side.
impl Shared {
    /// Hands a request to the worker; it is told how many records will have left the queue once
    /// all that are in it now have. A sink that ended drops the request.
    pub(super) fn request(&self, make: impl FnOnce(u64) -> Request) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        let until = state.queue.left() + state.queue.len() as u64;
        state.requests.push(make(until));
        drop(state);
        self.wake.notify_one();
    }

    /// Closes the queue to writers and asks the worker to end. A later call may shorten the time
    /// an earlier one allowed, never prolong it.
    pub(super) fn stop(&self, within: Duration) {
        let mut state = self.lock();
        state.closed = true;
        if state.ended {
            return;
        }
        state.requests.push(Request::Stop(within.min(LONGEST)));
        drop(state);
        self.wake.notify_one();
        self.room.notify_waiters();
    }

    /// Completes when the worker has ended.
    pub(super) async fn ended(&self) {
        let ended = self.ended.notified();
        tokio::pin!(ended);
        ended.as_mut().enable();
        if !self.lock().ended {
            ended.await;
        }
    }

    /// [`Shared::ended`] for a thread without a runtime.
    pub(super) fn wait_ended(&self, limit: Duration) {
        let state = self.lock();
        let waited = self
            .ended_blocking
            .wait_timeout_while(state, limit, |state| !state.ended);
        drop(waited);
    }
}

/// The worker's side.
impl Shared {
    /// Moves up to `max` of the oldest records to `out`.
    pub(super) fn take(&self, max: usize, out: &mut Vec<Record>) {
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
    pub(super) async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Counts what became of events, with what the worker holds after it, in one step.
    pub(super) fn publish(&self, delta: &Stats, held: usize) {
        let mut state = self.lock();
        state.stats.add(delta);
        state.held = held as u64;
    }

    /// What the owner asked for since the last call.
    pub(super) fn requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.lock().requests)
    }

    /// Tells everybody that no worker runs any more.
    pub(super) fn end(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.ended = true;
        // Dropping a request tells whoever waits for its answer.
        let requests = std::mem::take(&mut state.requests);
        drop(state);
        drop(requests);
        self.ended.notify_waiters();
        self.ended_blocking.notify_all();
        self.room.notify_waiters();
    }
}
