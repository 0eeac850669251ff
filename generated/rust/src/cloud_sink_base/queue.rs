//! The bounded queue between writers and the worker, and the counters that stand beside it.
//!
//! One mutex guards both, so that a snapshot of the counters is consistent. Writers hold it for
//! one push, the worker once per batch.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::{Instant, timeout_at};

use super::settings::LONGEST;
use super::truncate::encode_truncated;
use super::{
    DeliveryConfig, DropReason, Encoder, Event, HealthError, Limits, Overflow, Oversize, Record,
    RefuseReason, Stats, WriteError,
};

/// What a queued record costs besides its bytes: its place in the queue and the allocator's share.
const RECORD_COST: usize = 64;

/// A scratch buffer that one long event has grown beyond this is not kept.
const SCRATCH_KEPT: usize = 64 * 1_024;

thread_local! {
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

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

/// What writers, owner and worker share.
pub(super) struct Shared {
    pub(super) name: &'static str,
    encoder: Arc<dyn Encoder>,
    max_event_bytes: usize,
    oversize: Oversize,
    max_events: usize,
    max_bytes: usize,
    overflow: Overflow,
    block_timeout: Duration,
    state: Mutex<State>,
    wake: Notify,
    room: Notify,
    ended: Notify,
    ended_blocking: Condvar,
}

#[derive(Default)]
struct State {
    records: VecDeque<Record>,
    bytes: usize,
    /// Records that have left the queue since the start, by whichever end.
    left: u64,
    /// Records the worker has.
    held: u64,
    stats: Stats,
    requests: Vec<Request>,
    wake_events: usize,
    wake_bytes: usize,
    waiting_writers: usize,
    closed: bool,
    ended: bool,
}

impl Shared {
    pub(super) fn new(
        name: &'static str,
        encoder: Arc<dyn Encoder>,
        limits: &Limits,
        delivery: &DeliveryConfig,
    ) -> Self {
        Self {
            name,
            encoder,
            max_event_bytes: limits.max_event_bytes,
            oversize: limits.oversize,
            max_events: delivery.queue_max_events,
            max_bytes: delivery.queue_max_bytes,
            overflow: delivery.overflow,
            block_timeout: delivery.block_timeout,
            state: Mutex::default(),
            wake: Notify::new(),
            room: Notify::new(),
            ended: Notify::new(),
            ended_blocking: Condvar::new(),
        }
    }

    /// Encodes on the caller's thread. A record that stays too long goes through the queue all
    /// the same: the worker owns the dead-letter file.
    pub(super) fn encode(&self, event: &Event) -> Record {
        // Taken, not borrowed: an encoder that logs through a layer comes back here.
        let mut scratch = SCRATCH.take();
        scratch.clear();
        let mut group = self.encoder.encode(event, &mut scratch);
        if scratch.len() > self.max_event_bytes && self.oversize == Oversize::Truncate {
            group = encode_truncated(
                self.encoder.as_ref(),
                event,
                self.max_event_bytes,
                &mut scratch,
            );
        }
        let record = Record {
            bytes: Box::from(scratch.as_slice()),
            timestamp: event.timestamp,
            group,
        };
        if scratch.capacity() <= SCRATCH_KEPT {
            SCRATCH.set(scratch);
        }
        record
    }

    /// Accepts a record or refuses it at once.
    pub(super) fn push(&self, record: Record) -> Result<(), WriteError> {
        self.admit(record)
            .or_else(|(reason, _)| self.refuse(reason))
    }

    /// Accepts a record, waiting for room where the policy says so.
    pub(super) async fn push_waiting(&self, record: Record) -> Result<(), WriteError> {
        match self.admit(record) {
            Ok(()) => Ok(()),
            Err((RefuseReason::QueueFull, record)) if self.overflow == Overflow::Block => {
                self.wait_for_room(record).await
            }
            Err((reason, _)) => self.refuse(reason),
        }
    }

    async fn wait_for_room(&self, mut record: Record) -> Result<(), WriteError> {
        let deadline = Instant::now() + self.block_timeout;
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
        if state.closed {
            return Err((RefuseReason::Closed, record));
        }
        let cost = cost(&record);
        while !self.has_room(&state, cost) {
            if self.overflow != Overflow::DropOldest {
                self.wake_worker(state);
                return Err((RefuseReason::QueueFull, record));
            }
            state.pop_oldest();
            state.stats.add_dropped(DropReason::Overflow, 1);
        }
        state.records.push_back(record);
        state.bytes += cost;
        state.stats.accepted += 1;
        if state.records.len() >= state.wake_events || state.bytes >= state.wake_bytes {
            self.wake_worker(state);
        }
        Ok(())
    }

    /// Wakes the worker, once, if it asked for that.
    fn wake_worker(&self, mut state: MutexGuard<'_, State>) {
        if state.wake_events < usize::MAX {
            state.disarm();
            drop(state);
            self.wake.notify_one();
        }
    }

    /// An empty queue takes any record, so that none is too long to ever get through.
    fn has_room(&self, state: &State, cost: usize) -> bool {
        state.records.is_empty()
            || (state.records.len() < self.max_events
                && state.bytes.saturating_add(cost) <= self.max_bytes)
    }

    fn refuse(&self, reason: RefuseReason) -> Result<(), WriteError> {
        self.lock().stats.add_refused(reason);
        Err(reason.into())
    }

    /// Hands a request to the worker; it is told how many records will have left the queue once
    /// all that are in it now have. A sink that ended drops the request.
    pub(super) fn request(&self, make: impl FnOnce(u64) -> Request) {
        let mut state = self.lock();
        if state.ended {
            return;
        }
        let until = state.left + state.records.len() as u64;
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

    pub(super) fn stats(&self) -> Stats {
        let state = self.lock();
        let pending = state.records.len() as u64 + state.held;
        Stats {
            pending,
            ..state.stats.clone()
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // A panic of another thread leaves the state usable: nothing is updated in two steps
        // with foreign code between them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The worker's side.
impl Shared {
    /// Moves up to `max` of the oldest records to `out`.
    pub(super) fn take(&self, max: usize, out: &mut Vec<Record>) {
        let mut state = self.lock();
        let count = max.min(state.records.len());
        let before = out.len();
        out.extend(state.records.drain(..count));
        state.bytes -= out[before..].iter().map(cost).sum::<usize>();
        state.left += count as u64;
        state.held += count as u64;
        let waiting = count > 0 && state.waiting_writers > 0;
        drop(state);
        if waiting {
            self.room.notify_waiters();
        }
    }

    /// Asks to be woken once the queue holds this much. `false` when it does already.
    ///
    /// A queue that is smaller than what is asked for wakes half full, so that it never
    /// overflows before a worker that has nothing to do.
    pub(super) fn arm(&self, events: usize, bytes: usize) -> bool {
        let events = events.min(self.max_events.div_ceil(2));
        let bytes = bytes.min(self.max_bytes.div_ceil(2));
        let mut state = self.lock();
        if state.records.len() >= events || state.bytes >= bytes {
            return false;
        }
        state.wake_events = events;
        state.wake_bytes = bytes;
        true
    }

    /// Stops wake-ups by writers; requests still wake.
    pub(super) fn disarm(&self) {
        self.lock().disarm();
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

    /// Records that have left the queue since the start.
    pub(super) fn left(&self) -> u64 {
        self.lock().left
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lock().records.is_empty()
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

impl State {
    fn pop_oldest(&mut self) {
        if let Some(oldest) = self.records.pop_front() {
            self.bytes -= cost(&oldest);
            self.left += 1;
        }
    }

    fn disarm(&mut self) {
        self.wake_events = usize::MAX;
        self.wake_bytes = usize::MAX;
    }
}

fn cost(record: &Record) -> usize {
    record.bytes.len() + RECORD_COST
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
