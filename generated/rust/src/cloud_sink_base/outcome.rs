//! What one attempt came to.

use std::time::Duration;

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
    /// Will never work.
    Rejected {
        /// What the provider said.
        reason: String,
    },
}

/// One refused event of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectedItem {
    /// Position in the request, from 0.
    pub index: usize,
    /// What the provider said.
    pub reason: String,
}

impl RejectedItem {
    /// Reason of an item the provider may or may not have stored; counted apart.
    pub const UNCERTAIN: &str = "uncertain";
}
