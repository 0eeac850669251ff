//! What became of every event, counted.

use std::collections::BTreeMap;

use serde::Serialize;

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

impl DropReason {
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
