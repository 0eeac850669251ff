//! Ships events to the New Relic Log API.
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated,
//! so New Relic may store an event twice.

mod config;
mod encoder;
#[cfg(test)]
mod tests;
mod transport;

use std::sync::Arc;
use std::time::Duration;

use super::cloud_sink_base::{
    CloudSink, Event, FlushError, HealthError, Limits, Order, Oversize, Report, SinkHandle,
    SinkParts, Sizing, StartError, Stats, WriteError,
};

pub use config::{Compression, NewRelicRegion, NewRelicSinkConfig};
pub use encoder::NewRelicEncoder;
pub use transport::{NewRelicTransport, classify, transport};

/// What New Relic accepts in one request.
pub const LIMITS: Limits = Limits {
    // No limit is known; bytes bound a request.
    max_batch_events: Limits::UNLIMITED_EVENTS,
    // Collected vendor facts, wide section 2, read 2026-11-23.
    max_batch_bytes: 1_000_000,
    max_event_bytes: 900_000,
    oversize: Oversize::Truncate,
    order: Order::Any,
    sizing: Sizing {
        batch: 69,
        record: 1,
        group: 0,
    },
    ..Limits::UNLIMITED
};

/// A running sink that ships to New Relic.
///
/// Dropping it without [`stop`](Self::stop) blocks up to five seconds to deliver what is pending.
#[derive(Debug)]
pub struct NewRelicSink(CloudSink);

impl NewRelicSink {
    /// Starts the sink; nothing is sent before the first event.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a setting cannot work or the delivery thread cannot start.
    pub fn start(config: NewRelicSinkConfig) -> Result<Self, StartError> {
        CloudSink::start(parts(config)?).map(Self)
    }

    /// A writer's share of this sink, for other tasks and for a `tracing` layer.
    #[must_use]
    pub fn handle(&self) -> SinkHandle {
        self.0.handle()
    }

    /// Accepts an event; waits for room in a full queue where the settings say so.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when the queue stays full or the sink is stopped.
    pub async fn write(&self, event: &Event) -> Result<(), WriteError> {
        self.0.write(event).await
    }

    /// As [`write`](Self::write), but never waits.
    ///
    /// # Errors
    ///
    /// [`WriteError`] when the queue is full or the sink is stopped.
    pub fn try_write(&self, event: &Event) -> Result<(), WriteError> {
        self.0.try_write(event)
    }

    /// Sends what is pending now; the sink stays open.
    ///
    /// # Errors
    ///
    /// [`FlushError`] when some of it is still pending after `within`.
    pub async fn flush(&self, within: Duration) -> Result<(), FlushError> {
        self.0.flush(within).await
    }

    /// Asks New Relic whether it would answer.
    ///
    /// # Errors
    ///
    /// [`HealthError`] with what was found.
    pub async fn health_check(&self) -> Result<(), HealthError> {
        self.0.health_check().await
    }

    /// Delivers what is pending for at most `within`, gives up the rest, returns the counters.
    pub async fn stop(&self, within: Duration) -> Report {
        self.0.stop(within).await
    }

    /// As [`stop`](Self::stop), for code without a runtime; blocks the calling thread.
    #[allow(
        clippy::must_use_candidate,
        reason = "the report is a by-product of stopping"
    )]
    pub fn stop_blocking(&self, within: Duration) -> Report {
        self.0.stop_blocking(within)
    }

    /// The counters at this moment.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }

    /// The sink without its provider's name, to keep beside other providers' sinks.
    #[must_use]
    pub fn into_inner(self) -> CloudSink {
        self.0
    }
}

/// What the sink is made of.
fn parts(config: NewRelicSinkConfig) -> Result<SinkParts, StartError> {
    config.validate()?;
    let encoder = Arc::new(NewRelicEncoder::new(&config));
    let mut limits = LIMITS;
    limits.sizing.batch = encoder.envelope_len();
    Ok(SinkParts {
        name: "new_relic",
        encoder: encoder.clone(),
        limits,
        delivery: config.delivery.clone(),
        transport: Box::new(move || {
            let transport = transport(&config, encoder)?;
            Ok(Arc::new(transport))
        }),
    })
}
