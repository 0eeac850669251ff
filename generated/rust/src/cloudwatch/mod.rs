//! Ships events to a log group of Amazon `CloudWatch` Logs through the AWS SDK.
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated,
//! so Amazon `CloudWatch` Logs may store an event twice.

mod config;
mod encoder;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use super::cloud_sink_base::{
    CloudSink, Event, FlushError, HealthError, Limits, Order, Oversize, Report, SinkHandle,
    SinkParts, Sizing, StartError, Stats, WriteError,
};
use super::cloud_sink_parts::aws_cloudwatch_logs::{CloudWatchOptions, CloudWatchTransport};

pub use config::CloudWatchSinkConfig;
pub use encoder::CloudWatchEncoder;

/// What Amazon `CloudWatch` Logs accepts in one request.
pub const LIMITS: Limits = Limits {
    // CloudWatch Logs API, PutLogEvents, as in the service model of botocore 1.44.5, read
    // 2026-11-23.
    max_batch_events: 10_000,
    max_batch_bytes: 1_048_576,
    // fluent-bit pull request 11027 and otel-contrib issue 48557, the largest message accepted
    // since 2025-04, read 2026-11-23.
    max_event_bytes: 1_000_000,
    oversize: Oversize::DeadLetter,
    // CloudWatch Logs API, PutLogEvents, as in the service model of botocore 1.44.5, read
    // 2026-11-23.
    max_span: Some(Duration::from_secs(86_400)),
    order: Order::WithinBatch,
    sizing: Sizing {
        batch: 0,
        record: 26,
        group: 0,
    },
    ..Limits::UNLIMITED
};

/// A running sink that ships to Amazon `CloudWatch` Logs.
///
/// Dropping it without [`stop`](Self::stop) blocks up to five seconds to deliver what is pending.
#[derive(Debug)]
pub struct CloudWatchSink(CloudSink);

impl CloudWatchSink {
    /// Starts the sink; nothing is sent before the first event.
    ///
    /// # Errors
    ///
    /// [`StartError`] when a setting cannot work or the delivery thread cannot start.
    pub fn start(config: CloudWatchSinkConfig) -> Result<Self, StartError> {
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

    /// Asks Amazon `CloudWatch` Logs whether it would answer.
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
fn parts(config: CloudWatchSinkConfig) -> Result<SinkParts, StartError> {
    config.validate()?;
    let delivery = config.delivery.clone();
    let encoder = Arc::new(CloudWatchEncoder::new(&config));
    let options = CloudWatchOptions {
        log_group: config.log_group,
        log_stream: config.log_stream,
        region: config.region,
        endpoint_url: config.endpoint_url,
        create_log_group: config.create_log_group,
        create_log_stream: config.create_log_stream,
        retention_days: config
            .retention_days
            .and_then(|days| i32::try_from(days).ok()),
        attempt_timeout: delivery.attempt_timeout,
    };
    Ok(SinkParts {
        name: "cloudwatch",
        encoder,
        limits: LIMITS,
        delivery,
        transport: Box::new(move || Ok(Arc::new(CloudWatchTransport::new(options)))),
    })
}
