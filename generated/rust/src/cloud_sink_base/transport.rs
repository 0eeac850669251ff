//! The provider's half of the delivery: one attempt at a time, and what came of it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use super::{Batch, Record};

/// A boxed future, so that [`Transport`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Performs attempts. Never retries, keeps no events.
pub trait Transport: Send + Sync + 'static {
    /// Performs one attempt.
    ///
    /// Cancelled when the attempt takes too long or the sink stops; the request may or may not
    /// have reached the provider then.
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome>;

    /// Asks the provider, as cheaply as it allows, whether it would answer.
    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>>;

    /// How much longer than an attempt `send` may take, because it waits until the provider says that
    /// what it took is stored.
    fn confirms_within(&self) -> Duration {
        Duration::ZERO
    }

    /// Whether settings that allow it have credentials travel unencrypted to another machine.
    fn shows_credentials(&self) -> bool {
        false
    }
}

/// Why a health check failed, without secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthError {
    /// What was found.
    pub reason: String,
}

impl HealthError {
    /// A failure with this reason.
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for HealthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "health check failed: {}", self.reason)
    }
}

impl std::error::Error for HealthError {}

/// What the provider said about one request.
///
/// `reason` is short, free of secrets, and meant for a log line.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Every event is stored.
    Delivered,
    /// Some are refused, some worth another attempt; all others are stored.
    Partial {
        /// Events the provider will never take.
        rejected: Vec<RejectedItem>,
        /// Indices worth another attempt.
        retry: Vec<usize>,
    },
    /// Too large: both halves may fit.
    Split {
        /// What the provider said.
        reason: String,
    },
    /// Some event is bad and the answer does not say which.
    Bisect {
        /// What the provider said.
        reason: String,
    },
    /// Told to slow down.
    Throttled {
        /// The delay asked for.
        retry_after: Option<Duration>,
        /// What the provider said.
        reason: String,
    },
    /// May work later.
    Transient {
        /// The delay asked for.
        retry_after: Option<Duration>,
        /// What the provider said, or what failed.
        reason: String,
    },
    /// The events are fine, the account is not: wrong key, missing permission, exhausted quota.
    Paused {
        /// What the provider said.
        reason: String,
    },
    /// Some are stored and some are lost, and the answer does not say which: none is sent again.
    Uncertain {
        /// How many are lost; `None` when the answer does not say.
        failed: Option<usize>,
        /// What the provider said.
        reason: String,
    },
    /// Will never work.
    Rejected {
        /// What the provider said.
        reason: String,
    },
}

/// One event of a request that will not be sent again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedItem {
    /// Position in the request, from 0.
    pub index: usize,
    /// Whether it is known to be refused.
    pub refusal: Refusal,
    /// What the provider said.
    pub reason: String,
}

/// What an answer says of an event that will not be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The provider will never take it.
    Refused,
    /// The provider may or may not have stored it; counted apart.
    Uncertain,
}

impl RejectedItem {
    /// An event the provider refused.
    #[must_use]
    pub fn refused(index: usize, reason: impl Into<String>) -> Self {
        Self {
            index,
            refusal: Refusal::Refused,
            reason: reason.into(),
        }
    }

    /// An event of which the answer does not say whether it is stored.
    #[must_use]
    pub fn uncertain(index: usize) -> Self {
        Self {
            index,
            refusal: Refusal::Uncertain,
            reason: "uncertain".to_owned(),
        }
    }
}

/// The events of a request by what the answer said of them, each kind in its order.
#[derive(Default)]
pub struct Sorted {
    pub stored: usize,
    pub deferred: Vec<Record>,
    pub rejected: Ended,
    pub uncertain: Ended,
}

/// Records that will not be sent again and what the provider said of each, ended together: each
/// append to the dead-letter file waits for the disk.
#[derive(Default)]
pub struct Ended {
    pub records: Vec<Record>,
    pub reasons: Vec<String>,
}

/// What became of one event.
#[derive(Debug, Clone)]
pub enum Fate {
    Stored,
    Deferred,
    Ended(Refusal, String),
}

impl Fate {
    /// One for each event of a request. An index beyond the request is ignored; one that is both
    /// rejected and to be retried is rejected.
    pub fn of_each(count: usize, rejected: Vec<RejectedItem>, retry: &[usize]) -> Vec<Self> {
        let mut fates = vec![Self::Stored; count];
        for &index in retry {
            if let Some(fate) = fates.get_mut(index) {
                *fate = Self::Deferred;
            }
        }
        for item in rejected {
            if let Some(fate) = fates.get_mut(item.index) {
                *fate = Self::Ended(item.refusal, item.reason);
            }
        }
        fates
    }
}

impl Sorted {
    pub fn new(records: Vec<Record>, fates: Vec<Fate>) -> Self {
        let mut sorted = Self::default();
        for (record, fate) in records.into_iter().zip(fates) {
            match fate {
                Fate::Stored => sorted.stored += 1,
                Fate::Deferred => sorted.deferred.push(record),
                Fate::Ended(refusal, reason) => {
                    let ended = match refusal {
                        Refusal::Refused => &mut sorted.rejected,
                        Refusal::Uncertain => &mut sorted.uncertain,
                    };
                    ended.records.push(record);
                    ended.reasons.push(reason);
                }
            }
        }
        sorted
    }
}
