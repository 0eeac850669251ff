//! Ships events to a log group of Amazon `CloudWatch` Logs through the AWS SDK.
//!
//! Delivery is at-least-once while the process lives: an attempt whose answer is lost is repeated,
//! so Amazon `CloudWatch` Logs may store an event twice.

mod config;
mod encoder;
#[cfg(test)]
mod tests;

use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use super::cloud_sink_base::{CloudSink, Limits, Order, Oversize, SinkParts, Sizing, StartError};
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
    max_age: None,
    max_ahead: None,
    // CloudWatch Logs API, PutLogEvents, as in the service model of botocore 1.44.5, read
    // 2026-11-23.
    max_span: Some(Duration::from_secs(86_400)),
    order: Order::WithinBatch,
    sizing: Sizing {
        batch: 0,
        record: 26,
        group: 0,
    },
};

/// A running sink that ships to Amazon `CloudWatch` Logs.
///
/// Writing, flushing and stopping are those of [`CloudSink`], which it dereferences to.
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

    /// The sink without its provider's name, to keep beside other providers' sinks.
    #[must_use]
    pub fn into_inner(self) -> CloudSink {
        self.0
    }
}

impl Deref for CloudWatchSink {
    type Target = CloudSink;

    fn deref(&self) -> &CloudSink {
        &self.0
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
