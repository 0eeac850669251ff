//! The delivery settings every sink has, and the provider's limits they are held against.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use super::ConfigErrors;

/// Stands for any longer time, such as `Duration::MAX` for "no limit": a moment that far ahead
/// can still be computed.
pub const LONGEST: Duration = Duration::from_secs(10 * 365 * 86_400);

/// As many threads as a sink in Python may have; the same settings serve both.
const MAX_IN_FLIGHT: usize = 64;

/// How a sink batches, retries and bounds its memory.
///
/// The defaults suit most providers; generated sinks adjust a few.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryConfig {
    /// Events per request aimed for, cut to the provider's limit. Default: 1,000.
    pub batch_size: usize,
    /// Bytes per request aimed for, counted as the provider does, cut to its limit. Default:
    /// 1,000,000.
    pub batch_bytes: usize,
    /// Longest a batch that is not full waits for more events. Default: 1 s. Zero sends at once.
    pub batch_timeout: Duration,
    /// Retries after the first attempt, counted only while the provider takes other requests: in
    /// an outage events are kept until `delivery_timeout`. Default: 5.
    pub max_retries: u32,
    /// Longest first delay before a retry; doubles with each one. Default: 0.5 s.
    pub retry_base_delay: Duration,
    /// Longest delay before any retry. Default: 30 s.
    pub retry_max_delay: Duration,
    /// Limit of one attempt. Default: 10 s.
    pub attempt_timeout: Duration,
    /// Limit of all attempts of one batch, from its first. Default: 15 min.
    pub delivery_timeout: Duration,
    /// Requests sent and not yet answered, at most 64. Default: 4; 1 where order across requests
    /// matters.
    pub max_in_flight: usize,
    /// Events the queue holds. Default: 100,000. What has left it comes on top: twice
    /// `max_in_flight` batches, and the one being filled.
    pub queue_max_events: usize,
    /// Bytes the queue holds, each event counted as its encoded length plus 64, with a dead-letter
    /// file plus its entry. Default: 64 MiB.
    pub queue_max_bytes: usize,
    /// What `write` does when the queue is full. Default: block.
    pub overflow: Overflow,
    /// Longest `write` waits for room before it gives the event back. Default: 5 s.
    pub block_timeout: Duration,
    /// File that keeps events which cannot be delivered, one JSON object a line; the sink holds
    /// each event's entry beside its record for it. Its folder is made if it is missing, and refused
    /// if everybody may write to it. Default: none; such events are dropped and counted.
    pub dead_letter_path: Option<PathBuf>,
    /// Size the dead-letter file does not exceed. Default: 100 MiB.
    pub dead_letter_max_bytes: u64,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self {
            batch_size: 1_000,
            batch_bytes: 1_000_000,
            batch_timeout: Duration::from_secs(1),
            max_retries: 5,
            retry_base_delay: Duration::from_millis(500),
            retry_max_delay: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            delivery_timeout: Duration::from_secs(15 * 60),
            max_in_flight: 4,
            queue_max_events: 100_000,
            queue_max_bytes: 64 * 1_024 * 1_024,
            overflow: Overflow::Block,
            block_timeout: Duration::from_secs(5),
            dead_letter_path: None,
            dead_letter_max_bytes: 100 * 1_024 * 1_024,
        }
    }
}

impl DeliveryConfig {
    /// Checks the settings and cuts the batch targets to what the provider accepts.
    ///
    /// # Errors
    ///
    /// [`ConfigErrors`] with every setting that cannot work.
    pub fn validate(&self, limits: &Limits) -> Result<Self, ConfigErrors> {
        self.problems().into_result()?;
        let mut valid = self.clone();
        valid.batch_size = self.batch_size.min(limits.max_batch_events);
        valid.batch_bytes = self.batch_bytes.min(limits.max_batch_bytes);
        if limits.order == Order::AcrossBatches {
            valid.max_in_flight = 1;
        }
        for duration in [
            &mut valid.batch_timeout,
            &mut valid.retry_base_delay,
            &mut valid.retry_max_delay,
            &mut valid.attempt_timeout,
            &mut valid.delivery_timeout,
            &mut valid.block_timeout,
        ] {
            *duration = (*duration).min(LONGEST);
        }
        Ok(valid)
    }

    fn problems(&self) -> ConfigErrors {
        let mut errors = ConfigErrors::default();
        for (name, value) in [
            ("batch_size", self.batch_size),
            ("batch_bytes", self.batch_bytes),
            ("max_in_flight", self.max_in_flight),
            ("queue_max_events", self.queue_max_events),
            ("queue_max_bytes", self.queue_max_bytes),
        ] {
            if value == 0 {
                errors.push(name, "must be at least 1");
            }
        }
        if self.max_in_flight > MAX_IN_FLIGHT {
            errors.push("max_in_flight", format!("must be at most {MAX_IN_FLIGHT}"));
        }
        for (name, value) in [
            ("retry_base_delay", self.retry_base_delay),
            ("timeout_seconds", self.attempt_timeout),
            ("delivery_timeout_seconds", self.delivery_timeout),
        ] {
            if value.is_zero() {
                errors.push(name, "must be above 0");
            }
        }
        if self.retry_max_delay < self.retry_base_delay {
            errors.push("retry_max_delay", "must not be below `retry_base_delay`");
        }
        errors
    }
}

/// What `write` does when the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// Waits up to [`DeliveryConfig::block_timeout`], then gives the event back.
    Block,
    /// Gives the event back at once.
    DropNewest,
    /// Drops the oldest events in the queue.
    DropOldest,
}

impl FromStr for Overflow {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        match word {
            "block" => Ok(Self::Block),
            "drop_newest" => Ok(Self::DropNewest),
            "drop_oldest" => Ok(Self::DropOldest),
            _ => Err("expected `block`, `drop_newest` or `drop_oldest`".to_owned()),
        }
    }
}

/// What a provider accepts in one request.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Events in one request; [`Limits::UNLIMITED_EVENTS`] where bytes alone bound it.
    pub max_batch_events: usize,
    /// Bytes of one request, counted as [`Sizing`] says.
    pub max_batch_bytes: usize,
    /// Bytes of one event, counted as `event_length` says.
    pub max_event_bytes: usize,
    /// How many bytes of a record count for the event's limit: as a rule all.
    pub event_length: fn(&[u8]) -> usize,
    /// What happens to a longer one.
    pub oversize: Oversize,
    /// Events older than this would be discarded without a word; they are dead-lettered.
    pub max_age: Option<Duration>,
    /// Events further ahead than this would be discarded without a word; they are dead-lettered.
    pub max_ahead: Option<Duration>,
    /// Events older than this are sent with the oldest time the provider takes.
    pub clamp_age: Option<Duration>,
    /// Events further ahead than this are sent with the newest time the provider takes.
    pub clamp_ahead: Option<Duration>,
    /// Time between the first and the last event of a request stays below this.
    pub max_span: Option<Duration>,
    /// Order the provider needs.
    pub order: Order,
    /// Only records of one group travel together.
    pub partitioned: bool,
    /// How bytes are counted.
    pub sizing: Sizing,
}

impl Limits {
    /// Stands for "any number of events", the same in every language: more than a request of any
    /// provider's size can hold.
    pub const UNLIMITED_EVENTS: usize = 1_000_000;

    /// What holds where a provider says nothing.
    pub const UNLIMITED: Self = Self {
        max_batch_events: Self::UNLIMITED_EVENTS,
        max_batch_bytes: usize::MAX,
        max_event_bytes: usize::MAX,
        event_length: <[u8]>::len,
        oversize: Oversize::DeadLetter,
        max_age: None,
        max_ahead: None,
        clamp_age: None,
        clamp_ahead: None,
        max_span: None,
        order: Order::Any,
        partitioned: false,
        sizing: Sizing {
            batch: 0,
            record: 0,
            group: 0,
        },
    };
}

/// What happens to a record over [`Limits::max_event_bytes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Oversize {
    /// The message is cut and marked; dead-lettered when that is not enough.
    Truncate,
    /// Dead-lettered.
    DeadLetter,
}

/// Order a provider needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Any.
    Any,
    /// Oldest first within a request.
    WithinBatch,
    /// One request after the other.
    AcrossBatches,
}

/// How a provider counts the bytes of a request:
/// `batch + Σ (record length + record) + Σ (group length + group)`.
#[derive(Debug, Clone, Copy)]
pub struct Sizing {
    /// Bytes of an empty body.
    pub batch: usize,
    /// Bytes added for each record.
    pub record: usize,
    /// Bytes added for each group besides its text.
    pub group: usize,
}
