//! What an answer of `CloudWatch` Logs means, without any I/O.
//!
//! The status alone says little here: throttling, a missing group and a bad batch are all
//! HTTP 400. The error's code word decides, the status only where the word is unknown.

use super::super::cloud_sink_base::{Outcome, RejectedItem};

/// Codes that mean "slow down": the SDKs' shared throttle list, without `LimitExceededException`,
/// which counts resources and does not pass by waiting a moment.
/// Source: botocore 1.44.5, retry handler, read 2026-11-24.
const THROTTLED: &[&str] = &[
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottled",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "SlowDown",
    "PriorRequestNotComplete",
];

/// Codes of trouble on the service's side, and of races between two writers.
const TRANSIENT: &[&str] = &[
    "ServiceUnavailableException",
    "ServiceUnavailable",
    "InternalFailure",
    "InternalServerError",
    "InternalServerException",
    "RequestTimeout",
    "RequestTimeoutException",
    "OperationAbortedException",
    // No longer sent by AWS; an emulator that still counts tokens lost a race with itself.
    "InvalidSequenceTokenException",
];

/// Codes that say nothing about the events: credentials, clock, permissions, quota, a missing
/// place, or an endpoint that is not `CloudWatch` Logs.
const PAUSED: &[&str] = &[
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "InvalidAccessKeyId",
    "AccessDenied",
    "AccessDeniedException",
    "NotAuthorized",
    "OptInRequired",
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "LimitExceededException",
    "ResourceNotFoundException",
    "UnknownOperationException",
];

/// Codes for a batch in which some event is bad; the answer does not say which.
const BISECT: &[&str] = &[
    "InvalidParameterException",
    "ValidationException",
    "SerializationException",
];

/// Sorts a service error into an outcome by its code word.
///
/// `code` may carry a namespace (`com.amazonaws…#Word`) or a link after a colon; it may be empty
/// for an answer that is not from AWS. `status` is the HTTP status, `message` the service's text.
#[must_use]
pub fn classify(code: &str, status: u16, message: &str) -> Outcome {
    let word = code.rsplit('#').next().unwrap_or(code);
    let word = word.split(':').next().unwrap_or(word);
    let reason = describe(word, status, message);

    if word == "DataAlreadyAcceptedException" {
        return Outcome::Delivered;
    }
    if THROTTLED.contains(&word) || status == 429 {
        return Outcome::Throttled {
            retry_after: None,
            reason,
        };
    }
    if TRANSIENT.contains(&word) || status >= 500 || status == 408 {
        return Outcome::Transient {
            retry_after: None,
            reason,
        };
    }
    // A redirect is not followed: it comes from a portal in between, never from the service.
    if PAUSED.contains(&word) || matches!(status, 300..=399 | 401 | 403) {
        return Outcome::Paused { reason };
    }
    if status == 413 {
        return Outcome::Split { reason };
    }
    if BISECT.contains(&word) {
        return Outcome::Bisect { reason };
    }
    // Nobody knows what a new word means: the events are kept, and a person is told.
    Outcome::Paused { reason }
}

/// `HTTP 400 ThrottlingException: Rate exceeded`, at most 200 characters of the message.
fn describe(word: &str, status: u16, message: &str) -> String {
    let mut reason = format!("HTTP {status}");
    if !word.is_empty() {
        reason.push(' ');
        reason.push_str(word);
    }
    if !message.is_empty() {
        reason.push_str(": ");
        reason.extend(
            message
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .take(200),
        );
    }
    reason
}

/// The parts of an accepted request that the service did not store, as positions in the request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RejectedRanges {
    /// Events before this position are older than 14 days.
    pub too_old_end: Option<i32>,
    /// Events before this position are older than the group's retention.
    pub expired_end: Option<i32>,
    /// Events from this position on are more than two hours ahead.
    pub too_new_start: Option<i32>,
}

impl RejectedRanges {
    fn reason(&self, index: usize) -> Option<&'static str> {
        let position = |edge: i32| usize::try_from(edge).unwrap_or(0);
        let is_before = |end: Option<i32>| end.is_some_and(|end| index < position(end));
        if is_before(self.too_old_end) {
            Some("older than 14 days")
        } else if is_before(self.expired_end) {
            Some("older than the log group's retention")
        } else {
            self.too_new_start
                .filter(|start| index >= position(*start))
                .map(|_| "more than two hours ahead")
        }
    }
}

/// Outcome of an accepted request of `events` events: all stored, or all but the named ranges.
///
/// Both ends are exclusive, the start is inclusive.
/// Source: `CloudWatch` Logs API, `RejectedLogEventsInfo`, read 2026-11-24.
#[must_use]
pub fn accepted(ranges: RejectedRanges, events: usize) -> Outcome {
    let rejected: Vec<_> = (0..events)
        .filter_map(|index| {
            let reason = ranges.reason(index)?;
            Some(RejectedItem::refused(index, reason))
        })
        .collect();
    if rejected.is_empty() {
        Outcome::Delivered
    } else {
        Outcome::Partial {
            rejected,
            retry: Vec::new(),
        }
    }
}
