//! The bounded queue between writers and the worker.
//!
//! Without a lock of its own: [`Shared`](super::shared::Shared) guards it together with the
//! counters, so that a snapshot of both is consistent.

use std::collections::VecDeque;

use super::{DeliveryConfig, Overflow, Record};

/// What a queued record costs besides its bytes: its place in the queue and the allocator's share.
const RECORD_COST: usize = 64;

/// Records that no batch has taken yet, oldest first.
pub struct Queue {
    records: VecDeque<Record>,
    bytes: usize,
    /// Records that have left since the start, by whichever end.
    left: u64,
    max_events: usize,
    max_bytes: usize,
    drops_oldest: bool,
    /// The worker sleeps and wants to be woken by this many events or bytes.
    alarm: Option<(usize, usize)>,
}

impl Queue {
    pub fn new(delivery: &DeliveryConfig) -> Self {
        Self {
            records: VecDeque::new(),
            bytes: 0,
            left: 0,
            max_events: delivery.queue_max_events,
            max_bytes: delivery.queue_max_bytes,
            drops_oldest: delivery.overflow == Overflow::DropOldest,
            alarm: Some((0, 0)),
        }
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn left(&self) -> u64 {
        self.left
    }

    /// Adds a record. Returns how many older ones had to go for it.
    ///
    /// # Errors
    ///
    /// The record, when there is no room.
    pub fn push(&mut self, record: Record) -> Result<u64, Record> {
        let cost = cost(&record);
        let mut evicted = 0;
        while !self.has_room(cost) {
            if !self.drops_oldest {
                return Err(record);
            }
            self.evict_oldest();
            evicted += 1;
        }
        self.records.push_back(record);
        self.bytes += cost;
        Ok(evicted)
    }

    /// Moves up to `max` records to `out` and returns how many.
    pub fn take(&mut self, max: usize, out: &mut Vec<Record>) -> usize {
        let count = max.min(self.records.len());
        let before = out.len();
        out.extend(self.records.drain(..count));
        self.bytes -= out[before..].iter().map(cost).sum::<usize>();
        self.left += count as u64;
        count
    }

    /// Asks for an alarm once the queue holds this much. `false` when it does already.
    ///
    /// A queue that is smaller than what is asked for gives it half full, so that it never
    /// overflows before a worker that has nothing to do.
    pub fn arm(&mut self, events: usize, bytes: usize) -> bool {
        let events = events.min(self.max_events.div_ceil(2));
        let bytes = bytes.min(self.max_bytes.div_ceil(2));
        if self.holds(events, bytes) {
            return false;
        }
        self.alarm = Some((events, bytes));
        true
    }

    /// Takes the alarm back. `true` when there was one to give.
    pub fn disarm(&mut self) -> bool {
        self.alarm.take().is_some()
    }

    pub fn is_alarming(&self) -> bool {
        self.alarm
            .is_some_and(|(events, bytes)| self.holds(events, bytes))
    }

    fn holds(&self, events: usize, bytes: usize) -> bool {
        self.records.len() >= events || self.bytes >= bytes
    }

    /// An empty queue takes any record, so that none is too long to ever get through.
    fn has_room(&self, cost: usize) -> bool {
        self.records.is_empty()
            || (self.records.len() < self.max_events
                && self.bytes.saturating_add(cost) <= self.max_bytes)
    }

    fn evict_oldest(&mut self) {
        if let Some(oldest) = self.records.pop_front() {
            self.bytes -= cost(&oldest);
            self.left += 1;
        }
    }
}

fn cost(record: &Record) -> usize {
    let entry = record.entry.as_ref().map_or(0, |entry| entry.len());
    record.bytes.len() + entry + RECORD_COST
}
