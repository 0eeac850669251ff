//! Answers that tell events apart: some are stored, some refused, some worth another attempt.

use tokio::time::Instant;

use super::desk::Desk;
use super::job::Job;
use super::ledger::Cause;
use super::{DropReason, Record, RejectedItem};

/// Reason for another attempt at events that a provider put off one by one.
const DEFERRED: &str = "some events were deferred";

impl Desk {
    /// Sorts the events of a request by what the answer said of them.
    pub(super) fn settle_items(
        &mut self,
        job: Job,
        rejected: Vec<RejectedItem>,
        retry: &[usize],
        now: Instant,
    ) {
        let fates = fates(job.len(), rejected, retry);
        if fates.iter().all(|fate| matches!(fate, Fate::Deferred)) {
            // Nothing got through: an outage, in which events are kept.
            return self.failed(job, None, DEFERRED.to_owned(), now);
        }
        self.answered();
        job.progressed();
        let (records, job) = job.take_apart();
        let sorted = Sorted::new(records, fates);
        self.ledger.delivered(sorted.stored);
        self.end_refused(&sorted.rejected, DropReason::Rejected, job.attempts, now);
        self.end_refused(&sorted.uncertain, DropReason::Uncertain, job.attempts, now);
        if !sorted.deferred.is_empty() {
            let mut job = job.part(sorted.deferred);
            DEFERRED.clone_into(&mut job.last_reason);
            self.retry(job, None, now);
        }
    }

    fn end_refused(&mut self, refused: &Refused, reason: DropReason, attempts: u32, now: Instant) {
        let Refused { records, reasons } = refused;
        if let Some(detail) = reasons.first() {
            let cause = Cause {
                reason,
                detail,
                attempts,
            };
            self.ledger.give_up_each(records, reasons, cause, now);
        }
    }
}

/// What became of one event.
enum Fate {
    Stored,
    Deferred,
    Refused(String),
}

/// One fate for each event of a request. An index beyond the request is ignored; one that is both
/// rejected and to be retried is rejected.
fn fates(count: usize, rejected: Vec<RejectedItem>, retry: &[usize]) -> Vec<Fate> {
    let mut fates: Vec<Fate> = std::iter::repeat_with(|| Fate::Stored)
        .take(count)
        .collect();
    for &index in retry {
        if let Some(fate) = fates.get_mut(index) {
            *fate = Fate::Deferred;
        }
    }
    for item in rejected {
        if let Some(fate) = fates.get_mut(item.index) {
            *fate = Fate::Refused(item.reason);
        }
    }
    fates
}

/// The events of a request by their fate, in their order.
#[derive(Default)]
struct Sorted {
    stored: usize,
    deferred: Vec<Record>,
    rejected: Refused,
    uncertain: Refused,
}

impl Sorted {
    fn new(records: Vec<Record>, fates: Vec<Fate>) -> Self {
        let mut sorted = Self::default();
        for (record, fate) in records.into_iter().zip(fates) {
            match fate {
                Fate::Stored => sorted.stored += 1,
                Fate::Deferred => sorted.deferred.push(record),
                Fate::Refused(reason) if reason == RejectedItem::UNCERTAIN => {
                    sorted.uncertain.add(record, reason);
                }
                Fate::Refused(reason) => sorted.rejected.add(record, reason),
            }
        }
        sorted
    }
}

/// Refused records and what the provider said of each, ended together: each append to the
/// dead-letter file waits for the disk.
#[derive(Default)]
struct Refused {
    records: Vec<Record>,
    reasons: Vec<String>,
}

impl Refused {
    fn add(&mut self, record: Record, reason: String) {
        self.records.push(record);
        self.reasons.push(reason);
    }
}
