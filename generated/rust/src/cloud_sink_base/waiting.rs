//! One batch on its way, and those that wait for an attempt.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::{Batch, Record};

/// Times in a row that one batch is told to slow down before it is sent in halves: it alone may be
/// more than the provider takes at once.
const THROTTLED_OFTEN: u32 = 3;

/// The attempts of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tries {
    pub attempts: u32,
    /// When the first began.
    pub first: Option<Instant>,
    /// When the last began.
    pub last: Option<Instant>,
}

impl Tries {
    /// Counts one more.
    pub fn begin(&mut self, now: Instant) {
        self.attempts += 1;
        self.first.get_or_insert(now);
        self.last = Some(now);
    }
}

/// A batch and its history.
#[derive(Debug)]
pub struct Job {
    pub batch: Arc<Batch>,
    /// Position of the batch it came from among all batches.
    pub number: u64,
    pub tries: Tries,
    /// Retries that count against the limit.
    pub retries: u32,
    pub not_before: Instant,
    /// The next attempt repeats an earlier one.
    pub repeats: bool,
    /// Outages there had been when the attempt under way began.
    pub outages: u32,
    /// Answers in a row that said to slow down.
    pub throttled: u32,
    /// Refused as it is, in the same words as the batch it is a part of.
    pub refused: bool,
    pub last_reason: String,
    search: Option<Arc<Search>>,
}

/// The search for the bad events of one batch, shared by all its parts.
#[derive(Debug)]
struct Search {
    /// What the provider said of the whole batch.
    reason: String,
    /// Successes the sink had had by then.
    successes: u64,
    /// Requests it may make without a success.
    allowance: u32,
    left: AtomicU32,
}

impl Job {
    pub fn new(records: Vec<Record>, number: u64, now: Instant) -> Self {
        Self {
            batch: Arc::new(Batch::new(records)),
            number,
            tries: Tries::default(),
            retries: 0,
            not_before: now,
            repeats: false,
            outages: 0,
            throttled: 0,
            refused: false,
            last_reason: String::new(),
            search: None,
        }
    }

    pub fn len(&self) -> usize {
        self.batch.records.len()
    }

    /// The records, and a job without any that has the same history.
    pub fn take_apart(mut self) -> (Vec<Record>, Self) {
        let batch = std::mem::take(&mut self.batch);
        // The attempt that shared it is over; a transport that kept a clone costs a copy.
        let records = Arc::try_unwrap(batch)
            .map_or_else(|shared| shared.records.clone(), |batch| batch.records);
        (records, self)
    }

    /// A job for some of its records, with this job's history.
    pub fn part(&self, records: Vec<Record>) -> Self {
        Self {
            batch: Arc::new(Batch::new(records)),
            last_reason: self.last_reason.clone(),
            search: self.search.clone(),
            ..*self
        }
    }

    /// Both halves: other requests than this one, yet part of the same batch.
    pub fn halves(self) -> (Self, Self) {
        let (mut records, mut job) = self.take_apart();
        let second = records.split_off(records.len() / 2);
        job.repeats = false;
        job.refused = false;
        (job.part(records), job.part(second))
    }

    /// The first event alone and the rest, if there is one.
    pub fn cut_first(self) -> (Self, Option<Self>) {
        let (mut records, mut job) = self.take_apart();
        let rest = records.split_off(1);
        let refused = std::mem::take(&mut job.refused);
        let rest = (!rest.is_empty()).then(|| {
            let mut part = job.part(rest);
            // A lone event that was never sent alone is not known to be refused.
            part.refused = refused && part.len() > 1;
            part
        });
        (job.part(records), rest)
    }

    /// Whether it may be the batch's size that the provider means by "slow down".
    pub fn is_throttled_often(&self) -> bool {
        self.throttled >= THROTTLED_OFTEN && self.len() > 1
    }

    /// Whether this part is refused in the words its whole batch was, and nothing that the sink
    /// sent since was taken.
    pub fn is_refused_alike(&self, reason: &str, successes: u64) -> bool {
        self.search
            .as_ref()
            .is_some_and(|search| search.reason == reason && search.successes == successes)
    }

    /// Takes two requests from the allowance of the search for bad events, which begins with the
    /// first call; `false` when it is used up: a search that meets nothing but refusals must end
    /// before it has tried every event.
    pub fn may_halve(&mut self, reason: &str, successes: u64) -> bool {
        let allowance = 8 * (usize::BITS - self.len().saturating_sub(1).leading_zeros() + 1);
        let search = self.search.get_or_insert_with(|| {
            Arc::new(Search {
                reason: reason.to_owned(),
                successes,
                allowance,
                left: AtomicU32::new(allowance),
            })
        });
        search
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(2)
            })
            .is_ok()
    }

    /// Some of the batch got through: the search is worth going on with, its allowance is whole
    /// again.
    pub fn progressed(&self) {
        if let Some(search) = &self.search {
            search.left.store(search.allowance, Ordering::Relaxed);
        }
    }

    pub fn expires(&self, delivery_timeout: Duration) -> Option<Instant> {
        self.tries.first.map(|first| first + delivery_timeout)
    }
}

/// A batch and its parts are refused alike: perhaps it is not an event that is bad but the form of
/// every request, which a person must mend.
#[derive(Debug)]
pub struct Suspicion {
    /// What the provider says each time.
    reason: String,
    /// Lone events it said it of.
    lone: u32,
}

impl Suspicion {
    pub fn new(reason: &str) -> Self {
        Self {
            reason: reason.to_owned(),
            lone: 0,
        }
    }

    /// Takes note of one more job that was refused alike.
    pub fn add(&mut self, job: &Job) {
        self.lone += u32::from(job.len() == 1);
    }

    pub fn is_about(&self, reason: &str) -> bool {
        self.reason == reason
    }

    /// One lone event may be bad by chance, hardly two from different places.
    pub fn is_certain(&self) -> bool {
        self.lone >= 2
    }
}

/// Which jobs may be attempted.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// Order matters.
    pub in_order: bool,
    /// One job is sent to see how it goes.
    pub probes: bool,
    /// Also those refused as they are.
    pub refused: bool,
}

/// Jobs that wait for an attempt, oldest batch first. Short: the queue holds the backlog.
#[derive(Debug, Default)]
pub struct Waiting(VecDeque<Job>);

impl Waiting {
    /// Puts a job where its batch belongs, before other parts of the same batch.
    pub fn put(&mut self, job: Job) {
        let place = self.0.partition_point(|other| other.number < job.number);
        self.0.insert(place, job);
    }

    /// Takes the first job that is due; where order matters, only the very first. `refused` ones
    /// are passed over unless wanted.
    ///
    /// A probe takes one that has not failed yet, else the one that failed longest ago: a single
    /// batch that makes the provider fail must not keep the breaker open.
    pub fn next_due(&mut self, now: Instant, wanted: Wanted) -> Option<Job> {
        let Wanted {
            in_order,
            probes,
            refused,
        } = wanted;
        let candidates = if in_order { 1 } else { self.0.len() };
        let jobs = self.0.iter().enumerate();
        let jobs = jobs.filter(|(_, job)| refused || !job.refused);
        let mut due = jobs
            .take(candidates)
            .filter(|(_, job)| job.not_before <= now);
        let (place, _) = if probes {
            due.min_by_key(|(_, job)| (job.tries.attempts > 0, job.not_before))?
        } else {
            due.next()?
        };
        self.0.remove(place)
    }

    /// Takes the first of the longest jobs that are due.
    pub fn take_longest(&mut self, now: Instant) -> Option<Job> {
        let jobs = self.0.iter().enumerate();
        let due = jobs.filter(|(_, job)| job.not_before <= now);
        let (place, _) = due.rev().max_by_key(|(_, job)| job.len())?;
        self.0.remove(place)
    }

    /// Lets every job be sent again as it is.
    pub fn forget_refusals(&mut self) {
        for job in &mut self.0 {
            job.refused = false;
        }
    }

    /// Takes the jobs whose time is over.
    pub fn take_expired(&mut self, now: Instant, delivery_timeout: Duration) -> Vec<Job> {
        let is_over = |job: &Job| job.expires(delivery_timeout).is_some_and(|end| end <= now);
        if !self.0.iter().any(is_over) {
            return Vec::new();
        }
        let (over, rest) = std::mem::take(&mut self.0).into_iter().partition(is_over);
        self.0 = rest;
        Vec::from(over)
    }

    /// Takes the records of all jobs, those `in_flight` included, by how they were attempted: each
    /// append to the dead-letter file has one such history, and there is little time for many.
    pub fn take_by_tries(
        &mut self,
        in_flight: impl Iterator<Item = Job>,
    ) -> BTreeMap<Tries, Vec<Record>> {
        let mut by_tries: BTreeMap<Tries, Vec<Record>> = BTreeMap::new();
        for job in self.0.drain(..).chain(in_flight) {
            let (records, job) = job.take_apart();
            by_tries.entry(job.tries).or_default().extend(records);
        }
        by_tries
    }

    /// When time alone may change what is due or over.
    pub fn changes_at(
        &self,
        delivery_timeout: Duration,
    ) -> impl Iterator<Item = Option<Instant>> + use<'_> {
        let times = move |job: &Job| [Some(job.not_before), job.expires(delivery_timeout)];
        self.0.iter().flat_map(times)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Job> {
        self.0.iter()
    }

    pub fn hurry(&mut self, now: Instant) {
        for job in &mut self.0 {
            job.not_before = now;
        }
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}
