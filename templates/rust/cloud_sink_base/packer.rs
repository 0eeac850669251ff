//! From the queue to batches the provider accepts: takes records over, ends those no batch can
//! carry, packs the others.

use std::collections::{HashMap, HashSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::accounts::{Accounts, Cause};
use super::shared::Shared;
use super::waiting::{Job, Tries, Waiting};
use super::{DeliveryConfig, DropReason, Group, Limits, Order, Record, Sizing, Timestamp};

/// Packs what the queue holds; ends what no batch can carry.
pub struct Packer {
    shared: Arc<Shared>,
    wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    max_age: Option<Duration>,
    max_ahead: Option<Duration>,
    batcher: Batcher,
    closed: Vec<Vec<Record>>,
    next_number: u64,
    /// Ended together: each append to the dead-letter file waits for the disk.
    untimely: Vec<Record>,
    too_long: Vec<Record>,
}

impl Packer {
    pub fn new(
        shared: Arc<Shared>,
        limits: &Limits,
        delivery: &DeliveryConfig,
        wall_clock: Box<dyn Fn() -> Timestamp + Send>,
    ) -> Self {
        Self {
            shared,
            wall_clock,
            max_age: limits.max_age,
            max_ahead: limits.max_ahead,
            batcher: Batcher::new(limits, delivery),
            closed: Vec::new(),
            next_number: 0,
            untimely: Vec::new(),
            too_long: Vec::new(),
        }
    }

    /// Records here.
    pub fn len(&self) -> usize {
        self.batcher.len() + self.untimely.len() + self.too_long.len()
    }

    /// When that batch has waited long enough.
    pub fn due(&self) -> Option<Instant> {
        self.batcher.due()
    }

    /// Number the next batch will have.
    pub fn next_number(&self) -> u64 {
        self.next_number
    }

    /// Asks writers for a wake-up when there is a batch's worth. `false` when there is already.
    pub fn arm(&self) -> bool {
        // The first event of a batch wakes too: it starts the batch's clock.
        let (events, bytes) = if self.batcher.len() == 0 {
            (1, 1)
        } else {
            self.batcher.room()
        };
        self.shared.lock().queue.arm(events, bytes)
    }

    /// Packs as many records as the batch being filled has room for. `false` when the queue had
    /// none.
    pub fn take(&mut self, waiting: &mut Waiting, now: Instant) -> bool {
        let (events, _) = self.batcher.room();
        let mut taken = Vec::new();
        self.shared.take(events, &mut taken);
        if taken.is_empty() {
            return false;
        }
        self.pack(taken, now);
        self.enqueue(waiting, now);
        true
    }

    /// Ends what no batch can carry.
    pub fn end_unsent(&mut self, accounts: &mut Accounts, now: Instant) {
        let never = Tries::default();
        let detail = "the event's time is outside what the provider keeps";
        let untimely = Cause::new(DropReason::OutOfWindow, detail, never);
        let detail = "longer than the provider accepts";
        let too_long = Cause::new(DropReason::Oversize, detail, never);
        accounts.give_up(&mem::take(&mut self.untimely), untimely, now);
        accounts.give_up(&mem::take(&mut self.too_long), too_long, now);
    }

    /// Ends the batch being filled.
    pub fn close(&mut self, waiting: &mut Waiting, now: Instant) {
        self.batcher.close(&mut self.closed);
        self.enqueue(waiting, now);
    }

    /// Takes what is in the batch being filled, without making a job of it.
    pub fn take_open(&mut self) -> impl Iterator<Item = Record> + use<'_> {
        self.batcher.close(&mut self.closed);
        self.closed.drain(..).flatten()
    }

    fn pack(&mut self, records: Vec<Record>, now: Instant) {
        let today = (self.wall_clock)();
        let oldest = self.max_age.map(|age| today.saturating_sub(age));
        let newest = self.max_ahead.map(|ahead| today.saturating_add(ahead));
        for record in records {
            let at = record.timestamp;
            if oldest.is_some_and(|oldest| at < oldest) || newest.is_some_and(|newest| at > newest)
            {
                self.untimely.push(record);
            } else if let Err(TooLong(record)) = self.batcher.push(record, now, &mut self.closed) {
                self.too_long.push(record);
            }
        }
    }

    fn enqueue(&mut self, waiting: &mut Waiting, now: Instant) {
        for records in self.closed.drain(..) {
            waiting.put(Job::new(records, self.next_number, now));
            self.next_number += 1;
        }
    }
}

/// Packs records into batches.
///
/// Every batch satisfies all limits at once: events, counted bytes, span. Records leave in the
/// order they came, or oldest first where the provider needs or the span suggests it.
#[derive(Debug)]
pub struct Batcher {
    target_events: usize,
    target_bytes: usize,
    max_batch_bytes: usize,
    max_event_bytes: usize,
    event_length: fn(&[u8]) -> usize,
    max_span: Option<Duration>,
    sorts: bool,
    partitioned: bool,
    linger: Duration,
    sizing: Sizing,
    open: Open,
}

/// The batch being filled.
#[derive(Debug, Default)]
struct Open {
    records: Vec<Record>,
    bytes: usize,
    groups: HashSet<Group>,
    /// Oldest and newest event, kept where records are not sorted.
    range: Option<(Timestamp, Timestamp)>,
    since: Option<Instant>,
}

/// A record that no batch can carry.
#[derive(Debug)]
pub struct TooLong(pub Record);

impl Batcher {
    pub fn new(limits: &Limits, delivery: &DeliveryConfig) -> Self {
        Self {
            target_events: delivery.batch_size,
            target_bytes: delivery.batch_bytes,
            max_batch_bytes: limits.max_batch_bytes,
            max_event_bytes: limits.max_event_bytes,
            event_length: limits.event_length,
            max_span: limits.max_span,
            sorts: limits.order == Order::WithinBatch
                || (limits.order == Order::Any && limits.max_span.is_some()),
            partitioned: limits.partitioned,
            linger: delivery.batch_timeout,
            sizing: limits.sizing,
            open: Open::default(),
        }
    }

    pub fn len(&self) -> usize {
        self.open.records.len()
    }

    /// Events and counted bytes that still fit before the batch is full.
    pub fn room(&self) -> (usize, usize) {
        (
            self.target_events - self.len(),
            self.target_bytes.saturating_sub(self.open.bytes),
        )
    }

    /// When the open batch has waited long enough.
    pub fn due(&self) -> Option<Instant> {
        self.open.since.map(|since| since + self.linger)
    }

    /// Adds a record. Batches that are full by it go to `closed`.
    ///
    /// # Errors
    ///
    /// [`TooLong`] returns a record that alone exceeds a limit; nothing else is affected.
    pub fn push(
        &mut self,
        record: Record,
        now: Instant,
        closed: &mut Vec<Vec<Record>>,
    ) -> Result<(), TooLong> {
        let own = self.sizing.record + record.bytes.len();
        // What tells requests apart stands in none of their bodies.
        let heading = record
            .group
            .as_ref()
            .filter(|_| !self.partitioned)
            .map_or(0, |group| self.sizing.group + group.len());
        if self.is_too_long(&record) || self.sizing.batch + own + heading > self.max_batch_bytes {
            return Err(TooLong(record));
        }
        let added = own
            + if self.is_new_group(&record) {
                heading
            } else {
                0
            };
        let full = self.open.bytes + added > self.target_bytes && !self.open.records.is_empty();
        if full || !self.fits_span(&record) {
            self.close(closed);
        }
        self.add(record, own, heading, now);
        if self.len() >= self.target_events || self.open.bytes >= self.target_bytes {
            self.close(closed);
        }
        Ok(())
    }

    fn is_too_long(&self, record: &Record) -> bool {
        record.bytes.len() > self.max_event_bytes
            && (self.event_length)(&record.bytes) > self.max_event_bytes
    }

    /// Ends the open batch. Sorting comes before cutting: events that are far apart as they came
    /// may be neighbours in time.
    pub fn close(&mut self, closed: &mut Vec<Vec<Record>>) {
        let mut open = mem::take(&mut self.open);
        if open.records.is_empty() {
            return;
        }
        self.open.records.reserve(open.records.len());
        if self.sorts {
            open.records.sort_by_key(|record| record.timestamp);
        }
        if !self.partitioned {
            return self.cut(open.records, closed);
        }
        for records in by_group(open.records) {
            self.cut(records, closed);
        }
    }

    /// Ends records that travel together, those of one span after the other.
    fn cut(&self, mut rest: Vec<Record>, closed: &mut Vec<Vec<Record>>) {
        let span = self.max_span.filter(|_| self.sorts);
        while let Some(end) = span.and_then(|span| first_beyond(&rest, span)) {
            let later = rest.split_off(end);
            closed.push(mem::replace(&mut rest, later));
        }
        closed.push(rest);
    }

    fn add(&mut self, record: Record, own: usize, heading: usize, now: Instant) {
        if self.open.records.is_empty() {
            self.open.bytes = self.sizing.batch;
            self.open.since = Some(now);
        }
        if self.is_new_group(&record) {
            self.open.bytes += heading;
            self.open.groups.extend(record.group.clone());
        }
        if self.max_span.is_some() && !self.sorts {
            let at = record.timestamp;
            let (oldest, newest) = self.open.range.unwrap_or((at, at));
            self.open.range = Some((oldest.min(at), newest.max(at)));
        }
        self.open.bytes += own;
        self.open.records.push(record);
    }

    fn is_new_group(&self, record: &Record) -> bool {
        let Some(group) = &record.group else {
            return false;
        };
        let last = self
            .open
            .records
            .last()
            .and_then(|last| last.group.as_ref());
        // Neighbours mostly share a group; then no text is hashed.
        !last.is_some_and(|last| Arc::ptr_eq(last, group)) && !self.open.groups.contains(group)
    }

    fn fits_span(&self, record: &Record) -> bool {
        let (Some(span), Some((oldest, newest))) = (self.max_span, self.open.range) else {
            return true;
        };
        let at = record.timestamp;
        newest.max(at) < oldest.min(at).saturating_add(span)
    }
}

/// Records by group, in the order of each group's first.
fn by_group(records: Vec<Record>) -> Vec<Vec<Record>> {
    let mut places: HashMap<Option<Group>, usize> = HashMap::new();
    let mut groups: Vec<Vec<Record>> = Vec::new();
    for record in records {
        let place = *places.entry(record.group.clone()).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[place].push(record);
    }
    groups
}

/// Index of the first of these sorted records that is `span` or more after the first.
fn first_beyond(records: &[Record], span: Duration) -> Option<usize> {
    let end = records.first()?.timestamp.saturating_add(span);
    let index = records.partition_point(|record| record.timestamp < end);
    (index < records.len() && index > 0).then_some(index)
}
