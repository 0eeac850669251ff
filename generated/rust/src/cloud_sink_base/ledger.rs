//! Where events end: delivered, kept in the dead-letter file, or dropped; counted and logged.

use tokio::time::Instant;

use super::dead_letter::DeadLetter;
use super::journal::Journal;
use super::{DeliveryConfig, DropReason, Record, Stats};

/// Counts what became of events since the last publication.
#[derive(Debug)]
pub(super) struct Ledger {
    pub(super) delta: Stats,
    pub(super) journal: Journal,
    dead_letter: Option<DeadLetter>,
}

/// Why events end undelivered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cause<'a> {
    pub(super) reason: DropReason,
    pub(super) detail: &'a str,
    pub(super) attempts: u32,
}

impl Ledger {
    pub(super) fn new(sink: &'static str, delivery: &DeliveryConfig) -> Self {
        let dead_letter = delivery
            .dead_letter_path
            .as_ref()
            .map(|path| DeadLetter::new(sink, path.clone(), delivery.dead_letter_max_bytes));
        Self {
            delta: Stats::default(),
            journal: Journal::new(sink),
            dead_letter,
        }
    }

    pub(super) fn keeps_dead_letters(&self) -> bool {
        self.dead_letter.is_some()
    }

    pub(super) fn delivered(&mut self, count: usize) {
        self.delta.delivered += count as u64;
    }

    /// Ends records undelivered: to the dead-letter file if there is one.
    pub(super) fn give_up(&mut self, records: &[Record], cause: Cause<'_>, now: Instant) {
        self.give_up_each(records, &[], cause, now);
    }

    /// The same with a detail for each record in the file; the cause's own is for the log.
    pub(super) fn give_up_each(
        &mut self,
        records: &[Record],
        details: &[String],
        cause: Cause<'_>,
        now: Instant,
    ) {
        let Cause { reason, detail, .. } = cause;
        let Some(dead_letter) = &mut self.dead_letter else {
            return self.drop_events(records.len(), reason, detail, now);
        };
        match dead_letter.append(records, details, cause) {
            Ok(kept) => {
                self.delta.dead_lettered += kept as u64;
                if kept > 0 {
                    self.journal.dead_lettered(now, kept as u64, reason, detail);
                }
                let rest = records.len() - kept;
                self.drop_events(rest, DropReason::DeadLetterFull, detail, now);
            }
            Err(error) => {
                let error = error.to_string();
                self.drop_events(records.len(), DropReason::DeadLetterFailed, &error, now);
            }
        }
    }

    /// Ends records that the sink has no time left for.
    pub(super) fn had_to_stop(&mut self, records: &[Record], attempts: u32, now: Instant) {
        if !records.is_empty() {
            let cause = Cause {
                reason: DropReason::ShutdownDeadline,
                detail: "the sink had to stop",
                attempts,
            };
            self.give_up(records, cause, now);
        }
    }

    fn drop_events(&mut self, count: usize, reason: DropReason, detail: &str, now: Instant) {
        if count > 0 {
            self.delta.add_dropped(reason, count as u64);
            self.journal.dropped(now, count as u64, reason, detail);
        }
    }
}
