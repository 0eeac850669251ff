//! Ships events to Grafana Loki, Grafana Cloud Logs, or anything that speaks Loki's push API.
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated,
//! so Grafana Loki may store an event twice.

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
use super::cloud_sink_parts::streams;

pub use config::{Compression, LokiSinkConfig};
pub use encoder::LokiEncoder;
pub use transport::{LokiTransport, classify, transport};

/// What Grafana Loki accepts in one request.
pub const LIMITS: Limits = Limits {
    // No limit is known; bytes bound a request.
    max_batch_events: Limits::UNLIMITED_EVENTS,
    // Loki's gRPC hop from distributor to ingester, 4 MiB in dskit's server defaults, below the
    // tenant burst of 6 MB, read 2026-11-23.
    max_batch_bytes: 4_000_000,
    // Loki at 65e30f84, pkg/validation/limits.go (defaults an operator can change per tenant), read
    // 2026-11-23.
    max_event_bytes: 262_144,
    event_length: streams::line_length,
    oversize: Oversize::DeadLetter,
    order: Order::AcrossBatches,
    sizing: Sizing {
        batch: 13,
        record: 1,
        group: 23,
    },
    ..Limits::UNLIMITED
};

/// A running sink that ships to Grafana Loki.
///
/// Dropping it without [`stop`](Self::stop) blocks up to five seconds to deliver what is pending.
#[derive(Debug)]
pub struct LokiSink(CloudSink);

impl LokiSink {
    /// Starts the sink; nothing is sent before the first event.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a setting cannot work or the delivery thread cannot start.
    pub fn start(config: LokiSinkConfig) -> Result<Self, StartError> {
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

    /// Asks Grafana Loki whether it would answer.
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
fn parts(config: LokiSinkConfig) -> Result<SinkParts, StartError> {
    config.validate()?;
    let encoder = Arc::new(LokiEncoder::new(&config));
    Ok(SinkParts {
        name: "loki",
        encoder: encoder.clone(),
        limits: LIMITS,
        delivery: config.delivery.clone(),
        transport: Box::new(move || {
            let transport = transport(&config, encoder)?;
            Ok(Arc::new(transport))
        }),
    })
}
