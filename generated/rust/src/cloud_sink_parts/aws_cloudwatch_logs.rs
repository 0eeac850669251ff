//! `PutLogEvents` through the AWS SDK: one attempt per call, the place created on first use.
//!
//! Credentials and region come from the SDK's default chain. The SDK's own retries are off,
//! because the delivery runtime counts and spaces attempts. Sequence tokens are never sent unless
//! an old emulator asks for one.

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::SdkError;
use aws_sdk_cloudwatchlogs::operation::RequestId;
use aws_sdk_cloudwatchlogs::operation::put_log_events::{PutLogEventsError, PutLogEventsOutput};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use tokio::sync::Mutex;

use super::super::cloud_sink_base::{Batch, BoxFuture, HealthError, Outcome, Record, Transport};
use super::aws_cloudwatch_classify::{RejectedRanges, accepted};
pub use super::aws_cloudwatch_client::CloudWatchOptions;
use super::aws_cloudwatch_client::{connect, failure, is_not_found};
use super::aws_cloudwatch_place::{Place, look_up};

/// Sends batches to one log stream.
#[derive(Debug)]
pub struct CloudWatchTransport {
    options: CloudWatchOptions,
    /// Made on first use and again after an answer that blames the credentials, so that rotated
    /// keys in a profile are read without a restart.
    client: Mutex<Option<Client>>,
    /// Held while the place is created: parallel batches find it missing at the same moment.
    place: Mutex<Place>,
}

impl CloudWatchTransport {
    /// A transport that has not connected to anything yet.
    #[must_use]
    pub fn new(options: CloudWatchOptions) -> Self {
        Self {
            options,
            client: Mutex::default(),
            place: Mutex::default(),
        }
    }

    async fn client(&self) -> Result<Client, Outcome> {
        let mut slot = self.client.lock().await;
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        let client = connect(&self.options).await?;
        *slot = Some(client.clone());
        Ok(client)
    }

    async fn send_batch(&self, batch: &Batch) -> Outcome {
        let outcome = match self.client().await {
            Ok(client) => self
                .attempt(&client, batch)
                .await
                .unwrap_or_else(|outcome| outcome),
            Err(outcome) => outcome,
        };
        if matches!(outcome, Outcome::Paused { .. }) {
            *self.client.lock().await = None;
        }
        outcome
    }

    /// Sends, and once more after each kind of answer that this side can cure: a missing place, a
    /// sequence token.
    async fn attempt(&self, client: &Client, batch: &Batch) -> Result<Outcome, Outcome> {
        let mut answer = self.put(client, &batch.records, None).await;
        let may_create = self.options.create_log_group || self.options.create_log_stream;
        if may_create && answer.as_ref().is_err_and(is_not_found) {
            self.ensure_place(client).await?;
            answer = self.put(client, &batch.records, None).await;
            if self.options.create_log_stream && answer.as_ref().is_err_and(is_not_found) {
                return Err(Outcome::Transient {
                    retry_after: None,
                    reason: "the new log stream is not visible yet".to_owned(),
                });
            }
        }
        let refusal = answer.as_ref().err().and_then(SdkError::as_service_error);
        if let Some(PutLogEventsError::InvalidSequenceTokenException(wrong)) = refusal {
            let expected = wrong.expected_sequence_token.clone();
            answer = self.put(client, &batch.records, expected).await;
        }
        match answer {
            Ok(output) => Ok(stored(&output, batch.records.len())),
            Err(error) => Err(failure(&error)),
        }
    }

    async fn put(
        &self,
        client: &Client,
        records: &[Record],
        sequence_token: Option<String>,
    ) -> Result<PutLogEventsOutput, SdkError<PutLogEventsError>> {
        client
            .put_log_events()
            .log_group_name(&self.options.log_group)
            .log_stream_name(&self.options.log_stream)
            .set_sequence_token(sequence_token)
            .set_log_events(Some(records.iter().map(log_event).collect()))
            .send()
            .await
    }

    async fn ensure_place(&self, client: &Client) -> Result<(), Outcome> {
        let mut place = self.place.lock().await;
        place.ensure(client, &self.options).await
    }

    /// Does what the first batch would do, so that it needs no permission delivery does not need:
    /// creates the stream, or, where the sink must not, looks the group up.
    async fn check(&self) -> Result<(), Outcome> {
        let client = self.client().await?;
        if self.options.create_log_stream {
            self.ensure_place(&client).await
        } else {
            look_up(&client, &self.options).await
        }
    }
}

impl Transport for CloudWatchTransport {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send_batch(batch))
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async {
            self.check()
                .await
                .map_err(|outcome| HealthError::new(reason(outcome)))
        })
    }
}

/// What went wrong, in words, for a check that has no events to sort.
fn reason(outcome: Outcome) -> String {
    match outcome {
        Outcome::Throttled { reason, .. }
        | Outcome::Transient { reason, .. }
        | Outcome::Paused { reason }
        | Outcome::Uncertain { reason, .. }
        | Outcome::Rejected { reason }
        | Outcome::Split { reason }
        | Outcome::Bisect { reason } => reason,
        Outcome::Delivered | Outcome::Partial { .. } => "unexpected answer".to_owned(),
    }
}

fn log_event(record: &Record) -> InputLogEvent {
    InputLogEvent::builder()
        .timestamp(record.timestamp.as_unix_millis())
        .message(String::from_utf8_lossy(&record.bytes))
        .build()
        .expect("timestamp and message are set")
}

/// A 200 counts only with something of `CloudWatch`'s own in it: a proxy's bare 200 would otherwise
/// pass for delivery. Such an answer is repeated like any other lost one.
fn stored(output: &PutLogEventsOutput, events: usize) -> Outcome {
    let info = output.rejected_log_events_info();
    if output.request_id().is_none() && output.next_sequence_token().is_none() && info.is_none() {
        return Outcome::Transient {
            retry_after: None,
            reason: "HTTP 200 without a request id".to_owned(),
        };
    }
    let ranges = info.map_or_else(RejectedRanges::default, |info| RejectedRanges {
        too_old_end: info.too_old_log_event_end_index(),
        expired_end: info.expired_log_event_end_index(),
        too_new_start: info.too_new_log_event_start_index(),
    });
    accepted(ranges, events)
}
