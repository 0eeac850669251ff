//! What became of every event: the counters, and where undelivered events end.

use std::collections::BTreeMap;

use serde::Serialize;
use tokio::time::Instant;

use super::dead_letter::DeadLetter;
use super::reporter::Reporter;
use super::transport::{Ended, Sorted};
use super::waiting::Tries;
use super::{DeliveryConfig, Record};

/// Counters of one sink, taken together at one moment.
///
/// `accepted = delivered + dead_lettered + dropped + pending` in every snapshot. `pending` is
/// counted from what the queue and the worker hold, not computed from the others, so that the
/// equation is a check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Stats {
    /// Events taken over by `write`.
    pub accepted: u64,
    /// Events `write` returned an error for; the caller still has them.
    pub refused: BTreeMap<RefuseReason, u64>,
    /// Events the provider confirmed.
    pub delivered: u64,
    /// Events kept in the dead-letter file.
    pub dead_lettered: u64,
    /// Events given up.
    pub dropped: BTreeMap<DropReason, u64>,
    /// Events that are still on their way.
    pub pending: u64,
    /// Attempts made.
    pub requests: u64,
    /// Attempts that repeated an earlier one.
    pub retries: u64,
    /// Answers that said to slow down.
    pub throttled: u64,
    /// Requests that were cut in two.
    pub splits: u64,
    /// Accepted events whose time was missing or could not be read; they have the time at which
    /// they were accepted.
    pub events_without_time: u64,
    /// Whether a setting that begins with `dangerously_` lets credentials travel unencrypted to
    /// another machine.
    pub credentials_in_clear: bool,
}

/// The final counters, returned when a sink stops.
pub type Report = Stats;

impl Stats {
    /// Events given up, for any reason.
    #[must_use]
    pub fn dropped_total(&self) -> u64 {
        self.dropped.values().sum()
    }

    /// Events refused, for any reason.
    #[must_use]
    pub fn refused_total(&self) -> u64 {
        self.refused.values().sum()
    }

    /// Whether every accepted event is accounted for exactly once.
    #[must_use]
    pub fn is_balanced(&self) -> bool {
        self.accepted == self.delivered + self.dead_lettered + self.dropped_total() + self.pending
    }

    pub(super) fn add_dropped(&mut self, reason: DropReason, count: u64) {
        if count > 0 {
            *self.dropped.entry(reason).or_default() += count;
        }
    }

    pub(super) fn add_refused(&mut self, reason: RefuseReason) {
        *self.refused.entry(reason).or_default() += 1;
    }

    /// Adds the counters of `delta` except `pending`.
    pub(super) fn add(&mut self, delta: &Self) {
        self.delivered += delta.delivered;
        self.dead_lettered += delta.dead_lettered;
        for (reason, count) in &delta.dropped {
            self.add_dropped(*reason, *count);
        }
        self.requests += delta.requests;
        self.retries += delta.retries;
        self.throttled += delta.throttled;
        self.splits += delta.splits;
    }
}

/// Why `write` did not take an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefuseReason {
    /// The queue stayed full.
    QueueFull,
    /// The sink has been stopped.
    Closed,
}

/// Why an event was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// The provider will never take it.
    Rejected,
    /// The provider does not say whether it stored it.
    Uncertain,
    /// Longer than the provider accepts.
    Oversize,
    /// Too old or too far ahead for the provider, which would discard it without a word.
    OutOfWindow,
    /// All retries were used while the provider was taking other events.
    RetriesExhausted,
    /// The delivery timeout passed.
    DeliveryTimeout,
    /// The sink had to stop first.
    ShutdownDeadline,
    /// Pushed out of a full queue by a newer one.
    Overflow,
    /// The dead-letter file has reached its size.
    DeadLetterFull,
    /// The dead-letter file could not be written.
    DeadLetterFailed,
}

impl RefuseReason {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::QueueFull, Self::Closed];

    /// The name as it stands in reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::QueueFull => "queue_full",
            Self::Closed => "closed",
        }
    }
}

impl DropReason {
    /// Every one.
    pub const ALL: [Self; 10] = [
        Self::Rejected,
        Self::Uncertain,
        Self::Oversize,
        Self::OutOfWindow,
        Self::RetriesExhausted,
        Self::DeliveryTimeout,
        Self::ShutdownDeadline,
        Self::Overflow,
        Self::DeadLetterFull,
        Self::DeadLetterFailed,
    ];

    /// The name as it stands in reports and in the dead-letter file.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::Uncertain => "uncertain",
            Self::Oversize => "oversize",
            Self::OutOfWindow => "out_of_window",
            Self::RetriesExhausted => "retries_exhausted",
            Self::DeliveryTimeout => "delivery_timeout",
            Self::ShutdownDeadline => "shutdown_deadline",
            Self::Overflow => "overflow",
            Self::DeadLetterFull => "dead_letter_full",
            Self::DeadLetterFailed => "dead_letter_failed",
        }
    }
}

/// Counts what became of events since the last publication.
#[derive(Debug)]
pub struct Accounts {
    pub delta: Stats,
    pub reporter: Reporter,
    dead_letter: Option<DeadLetter>,
}

/// What the queue had no room for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Overflowed {
    /// Accepted, and pushed out by newer events.
    pub dropped: u64,
    /// Given back to the writer.
    pub refused: u64,
}

/// Why events end undelivered.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    pub reason: DropReason,
    pub detail: &'a str,
    pub tries: Tries,
}

impl<'a> Cause<'a> {
    pub fn new(reason: DropReason, detail: &'a str, tries: Tries) -> Self {
        Self {
            reason,
            detail,
            tries,
        }
    }
}

impl Accounts {
    pub fn new(sink: &'static str, delivery: &DeliveryConfig) -> Self {
        let dead_letter = delivery
            .dead_letter_path
            .as_ref()
            .map(|path| DeadLetter::new(sink, path.clone(), delivery.dead_letter_max_bytes));
        Self {
            delta: Stats::default(),
            reporter: Reporter::new(sink),
            dead_letter,
        }
    }

    pub fn keeps_dead_letters(&self) -> bool {
        self.dead_letter.is_some()
    }

    pub fn delivered(&mut self, count: usize) {
        self.delta.delivered += count as u64;
    }

    /// Ends records undelivered: to the dead-letter file if there is one.
    pub fn give_up(&mut self, records: &[Record], cause: Cause<'_>, now: Instant) {
        self.give_up_each(records, &[], cause, now);
    }

    /// Counts the stored events of a request and ends those the answer named.
    pub fn settle(&mut self, sorted: &Sorted, tries: Tries, now: Instant) {
        self.delivered(sorted.stored);
        self.end_items(&sorted.rejected, DropReason::Rejected, tries, now);
        self.end_items(&sorted.uncertain, DropReason::Uncertain, tries, now);
    }

    /// Ends a request of `len` events of which `failed` are lost, all where that is unknown.
    pub fn uncertain(&mut self, len: usize, failed: Option<usize>, reason: &str, now: Instant) {
        let failed = failed.unwrap_or(len).min(len);
        self.delivered(len - failed);
        self.drop_events(failed, DropReason::Uncertain, reason, now);
    }

    /// Ends records an answer named, each with what it said of it.
    fn end_items(&mut self, ended: &Ended, reason: DropReason, tries: Tries, now: Instant) {
        let Ended { records, reasons } = ended;
        if let Some(detail) = reasons.first() {
            let cause = Cause::new(reason, detail, tries);
            self.give_up_each(records, reasons, cause, now);
        }
    }

    /// Ends records with a detail for each in the file; the cause's own is for the log.
    fn give_up_each(
        &mut self,
        records: &[Record],
        details: &[String],
        cause: Cause<'_>,
        now: Instant,
    ) {
        if records.is_empty() {
            return;
        }
        let Cause { reason, detail, .. } = cause;
        let Some(dead_letter) = &mut self.dead_letter else {
            return self.drop_events(records.len(), reason, detail, now);
        };
        let kept = dead_letter.keep(records, details, cause, now);
        if kept.count > 0 {
            let count = kept.count as u64;
            self.delta.dead_lettered += count;
            self.reporter.dead_lettered(now, count, reason, detail);
        }
        let why = kept.error.as_deref().unwrap_or(detail);
        self.drop_events(records.len() - kept.count, kept.why, why, now);
    }

    /// When the dead-letter file must be synced to the disk.
    pub fn sync_due(&self) -> Option<Instant> {
        self.dead_letter.as_ref().and_then(DeadLetter::sync_due)
    }

    /// Syncs the dead-letter file.
    pub fn sync(&mut self, now: Instant) {
        let synced = self.dead_letter.as_mut().map_or(Ok(()), DeadLetter::sync);
        if let Err(error) = synced {
            let detail = format!("the file could not be synced to the disk: {error}");
            self.reporter.file_in_doubt(now, &detail);
        }
    }

    /// Takes note of what the queue had no room for; it is counted already.
    pub fn overflowed(&mut self, overflow: Overflowed, now: Instant) {
        if overflow.dropped > 0 {
            let detail = "pushed out of a full queue by newer ones";
            let reason = DropReason::Overflow;
            self.reporter.dropped(now, overflow.dropped, reason, detail);
        }
        if overflow.refused > 0 {
            self.reporter.refused(now, overflow.refused);
        }
    }

    /// Ends records that the sink has no time left for.
    pub fn had_to_stop(&mut self, records: &[Record], tries: Tries, now: Instant) {
        let cause = Cause::new(DropReason::ShutdownDeadline, "the sink had to stop", tries);
        self.give_up(records, cause, now);
    }

    /// Ends events whose records are not kept.
    pub fn drop_events(&mut self, count: usize, reason: DropReason, detail: &str, now: Instant) {
        if count > 0 {
            self.delta.add_dropped(reason, count as u64);
            self.reporter.dropped(now, count as u64, reason, detail);
        }
    }
}
