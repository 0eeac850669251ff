//! Ships events to Grafana Loki, Grafana Cloud Logs, or anything that speaks Loki's push API.
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated,
//! so Grafana Loki may store an event twice.

mod config;
mod encoder;
#[cfg(test)]
mod tests;
mod transport;

use std::ops::Deref;
use std::sync::Arc;

use super::cloud_sink_base::{CloudSink, Limits, Order, Oversize, SinkParts, Sizing, StartError};

pub use config::{Compression, LokiSinkConfig};
pub use encoder::LokiEncoder;
pub use transport::{LokiTransport, classify};

/// What Grafana Loki accepts in one request.
pub const LIMITS: Limits = Limits {
    // No limit is known; bytes bound a request.
    max_batch_events: usize::MAX,
    // Loki's gRPC hop from distributor to ingester, 4 MiB in dskit's server defaults, below the
    // tenant burst of 6 MB, read 2026-11-23.
    max_batch_bytes: 4_000_000,
    // Loki at 65e30f84, pkg/validation/limits.go (defaults an operator can change per tenant), read
    // 2026-11-23.
    max_event_bytes: 262_144,
    oversize: Oversize::DeadLetter,
    max_age: None,
    max_ahead: None,
    max_span: None,
    order: Order::AcrossBatches,
    sizing: Sizing {
        batch: 13,
        record: 1,
        group: 23,
    },
};

/// A running sink that ships to Grafana Loki.
///
/// Writing, flushing and stopping are those of [`CloudSink`], which it dereferences to.
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

    /// The sink without its provider's name, to keep beside other providers' sinks.
    #[must_use]
    pub fn into_inner(self) -> CloudSink {
        self.0
    }
}

impl Deref for LokiSink {
    type Target = CloudSink;

    fn deref(&self) -> &CloudSink {
        &self.0
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
            let transport = LokiTransport::new(&config, encoder)?;
            Ok(Arc::new(transport))
        }),
    })
}
