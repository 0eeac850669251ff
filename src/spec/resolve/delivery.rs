//! Delivery settings: the defaults of the runtimes, and what a spec makes of them.

use crate::spec::model::{Delivery, Ordering, Spec};

/// The delivery settings whose default a spec can choose.
#[derive(Debug, Clone, PartialEq)]
pub struct DeliveryDefaults {
    /// Events per request aimed for.
    pub batch_size: u64,
    /// Bytes per request aimed for.
    pub batch_bytes: u64,
    /// Longest a partial batch waits.
    pub batch_timeout_seconds: f64,
    /// Retries after the first attempt.
    pub max_retries: u32,
    /// First backoff, seconds.
    pub retry_base_delay: f64,
    /// Longest backoff, seconds.
    pub retry_max_delay: f64,
    /// Limit of one attempt.
    pub timeout_seconds: f64,
    /// Requests sent and not yet answered.
    pub max_in_flight: u64,
}

impl DeliveryDefaults {
    /// The defaults every runtime has of its own.
    pub const RUNTIME: Self = Self {
        batch_size: 1_000,
        batch_bytes: 1_000_000,
        batch_timeout_seconds: 1.0,
        max_retries: 5,
        retry_base_delay: 0.5,
        retry_max_delay: 30.0,
        timeout_seconds: 10.0,
        max_in_flight: 4,
    };
}

/// A delivery setting's value, in the unit of its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DeliveryValue {
    /// A count.
    Count(u64),
    /// Seconds.
    Seconds(f64),
}

impl Delivery {
    /// The settings a spec gives another default than [`DeliveryDefaults::RUNTIME`], by name.
    #[must_use]
    pub fn changed(&self) -> Vec<(&'static str, DeliveryValue)> {
        let runtime = DeliveryDefaults::RUNTIME;
        let retries = (self.max_retries.map(u64::from), runtime.max_retries.into());
        let counts = [
            ("batch_size", self.batch_size, runtime.batch_size),
            ("batch_bytes", self.batch_bytes, runtime.batch_bytes),
            ("max_retries", retries.0, retries.1),
            ("max_in_flight", self.max_in_flight, runtime.max_in_flight),
        ];
        let counts = counts.into_iter().filter_map(|(name, value, default)| {
            let value = value.filter(|value| *value != default)?;
            Some((name, DeliveryValue::Count(value)))
        });
        counts.chain(self.changed_seconds()).collect()
    }

    fn changed_seconds(&self) -> impl Iterator<Item = (&'static str, DeliveryValue)> {
        let runtime = DeliveryDefaults::RUNTIME;
        let wait = (self.batch_timeout_seconds, runtime.batch_timeout_seconds);
        let attempt = (self.timeout_seconds, runtime.timeout_seconds);
        let seconds = [
            ("batch_timeout_seconds", wait.0, wait.1),
            (
                "retry_base_delay",
                self.retry_base_delay,
                runtime.retry_base_delay,
            ),
            (
                "retry_max_delay",
                self.retry_max_delay,
                runtime.retry_max_delay,
            ),
            ("timeout_seconds", attempt.0, attempt.1),
        ];
        seconds.into_iter().filter_map(|(name, value, default)| {
            let value = value.filter(|value| (value - default).abs() > f64::EPSILON)?;
            Some((name, DeliveryValue::Seconds(value)))
        })
    }
}

impl Spec {
    /// What the delivery settings come to when the user gives none: the batch targets stay within
    /// the limits, and order across batches leaves one request in flight.
    #[must_use]
    pub fn delivery_defaults(&self) -> DeliveryDefaults {
        let (given, limits) = (&self.delivery, &self.limits);
        let runtime = DeliveryDefaults::RUNTIME;
        let most_events = limits.max_batch_events.as_ref();
        let most_events = most_events.map_or(u64::MAX, |limit| limit.value);
        let most_bytes = limits.max_batch_bytes.value;
        let in_flight = match limits.ordering {
            Ordering::AcrossBatches => 1,
            Ordering::None | Ordering::WithinBatch => {
                given.max_in_flight.unwrap_or(runtime.max_in_flight)
            }
        };
        DeliveryDefaults {
            batch_size: given
                .batch_size
                .unwrap_or(runtime.batch_size)
                .min(most_events),
            batch_bytes: given
                .batch_bytes
                .unwrap_or(runtime.batch_bytes)
                .min(most_bytes),
            batch_timeout_seconds: given
                .batch_timeout_seconds
                .unwrap_or(runtime.batch_timeout_seconds),
            max_retries: given.max_retries.unwrap_or(runtime.max_retries),
            retry_base_delay: given.retry_base_delay.unwrap_or(runtime.retry_base_delay),
            retry_max_delay: given.retry_max_delay.unwrap_or(runtime.retry_max_delay),
            timeout_seconds: given.timeout_seconds.unwrap_or(runtime.timeout_seconds),
            max_in_flight: in_flight,
        }
    }
}
