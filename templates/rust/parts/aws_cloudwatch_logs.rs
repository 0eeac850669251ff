//! `PutLogEvents` through the AWS SDK: one attempt per call, the place created on first use.
//!
//! Credentials and region come from the SDK's default chain. The SDK's own retries are off,
//! because the delivery runtime counts and spaces attempts. Sequence tokens are never sent unless
//! an old emulator asks for one.

use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::SdkError;
use aws_sdk_cloudwatchlogs::operation::RequestId;
use aws_sdk_cloudwatchlogs::operation::put_log_events::{PutLogEventsError, PutLogEventsOutput};
use aws_sdk_cloudwatchlogs::types::InputLogEvent;
use tokio::sync::Mutex;

use super::super::cloud_sink_base::{Batch, BoxFuture, HealthError, Outcome, Record, Transport};
use super::aws_cloudwatch_classify::{RejectedRanges, accepted};
use super::aws_cloudwatch_client::{connect, failure, is_already_there, is_not_found};

/// Where events go and how that place comes to be.
#[derive(Debug, Clone)]
pub struct CloudWatchOptions {
    /// Log group.
    pub log_group: String,
    /// Log stream within the group.
    pub log_stream: String,
    /// Region; absent: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, then instance metadata.
    pub region: Option<String>,
    /// Replaces the region's endpoint, for private links, LocalStack and moto.
    pub endpoint_url: Option<String>,
    /// Create the group when it is missing.
    pub create_log_group: bool,
    /// Create the stream when it is missing.
    pub create_log_stream: bool,
    /// Days a group made by this sink keeps its events; absent: for ever. Other groups are left
    /// as they are.
    pub retention_days: Option<i32>,
    /// Limit of one call to the service.
    pub attempt_timeout: Duration,
}

/// Sends batches to one log stream.
#[derive(Debug)]
pub struct CloudWatchTransport {
    options: CloudWatchOptions,
    /// Made on first use and again after an answer that blames the credentials, so that rotated
    /// keys in a profile are read without a restart.
    client: Mutex<Option<Client>>,
    /// Held while the place is created: parallel batches find it missing at the same moment.
    creation: Mutex<Creation>,
}

#[derive(Debug, Default)]
struct Creation {
    /// The group is ours and its retention is not set yet.
    retention_due: bool,
}

impl CloudWatchTransport {
    /// A transport that has not connected to anything yet.
    #[must_use]
    pub fn new(options: CloudWatchOptions) -> Self {
        Self { options, client: Mutex::default(), creation: Mutex::default() }
    }

    async fn client(&self) -> Result<Client, Outcome> {
        let mut slot = self.client.lock().await;
        if let Some(client) = &*slot {
            return Ok(client.clone());
        }
        let options = &self.options;
        let client =
            connect(options.region.as_deref(), options.endpoint_url.as_deref(), options.attempt_timeout).await?;
        *slot = Some(client.clone());
        Ok(client)
    }

    async fn send_batch(&self, batch: &Batch) -> Outcome {
        let outcome = match self.client().await {
            Ok(client) => self.attempt(&client, batch).await.unwrap_or_else(|outcome| outcome),
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
        if let Err(error) = &answer
            && is_not_found(error)
            && (self.options.create_log_group || self.options.create_log_stream)
        {
            self.ensure_place(client).await?;
            answer = self.put(client, &batch.records, None).await;
            if self.options.create_log_stream && answer.as_ref().is_err_and(is_not_found) {
                return Err(Outcome::Transient {
                    retry_after: None,
                    reason: "the new log stream is not visible yet".to_owned(),
                });
            }
        }
        if let Err(error) = &answer
            && let Some(PutLogEventsError::InvalidSequenceTokenException(wrong)) = error.as_service_error()
        {
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

    /// Creates what the options allow: stream, or group, retention and stream.
    ///
    /// The stream is tried first: it is what is missing after every restart, the group only once.
    async fn ensure_place(&self, client: &Client) -> Result<(), Outcome> {
        let mut creation = self.creation.lock().await;
        if self.options.create_log_stream && self.create_stream(client).await? == Place::Exists {
            return self.apply_retention(client, &mut creation).await;
        }
        if self.options.create_log_group {
            creation.retention_due |= self.create_group(client).await?;
            self.apply_retention(client, &mut creation).await?;
        }
        if self.options.create_log_stream && self.create_stream(client).await? == Place::GroupMissing {
            return Err(Outcome::Paused { reason: format!("log group `{}` does not exist", self.options.log_group) });
        }
        Ok(())
    }

    async fn create_stream(&self, client: &Client) -> Result<Place, Outcome> {
        let request = client.create_log_stream();
        let request = request.log_group_name(&self.options.log_group);
        match request.log_stream_name(&self.options.log_stream).send().await {
            Ok(_) => Ok(Place::Exists),
            Err(error) if is_already_there(&error) => Ok(Place::Exists),
            Err(error) if is_not_found(&error) => Ok(Place::GroupMissing),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Whether this call made the group.
    async fn create_group(&self, client: &Client) -> Result<bool, Outcome> {
        match client.create_log_group().log_group_name(&self.options.log_group).send().await {
            Ok(_) => Ok(true),
            Err(error) if is_already_there(&error) => Ok(false),
            Err(error) => Err(failure(&error)),
        }
    }

    /// Sets the retention of a group this sink made.
    ///
    /// A refusal costs money, not events: it is logged and delivery goes on.
    async fn apply_retention(&self, client: &Client, creation: &mut Creation) -> Result<(), Outcome> {
        let Some(days) = self.options.retention_days.filter(|_| creation.retention_due) else {
            return Ok(());
        };
        let group = &self.options.log_group;
        let request = client.put_retention_policy().log_group_name(group).retention_in_days(days);
        if let Err(error) = request.send().await {
            match failure(&error) {
                retryable @ (Outcome::Throttled { .. } | Outcome::Transient { .. }) => return Err(retryable),
                refused => tracing::warn!(group, days, ?refused, "cloudwatch keeps the new log group for ever"),
            }
        }
        creation.retention_due = false;
        Ok(())
    }

    /// Does what the first batch would do, so that it needs no permission delivery does not need:
    /// creates the stream, or, where that is forbidden, looks the group up.
    async fn check(&self) -> Result<(), Outcome> {
        let client = self.client().await?;
        if self.options.create_log_stream {
            return self.ensure_place(&client).await;
        }
        let group = &self.options.log_group;
        let request = client.describe_log_groups().log_group_name_prefix(group).limit(1);
        let found = request.send().await.map_err(|error| failure(&error))?;
        // A group sorts before every other group that starts with its name.
        match found.log_groups().first().and_then(|first| first.log_group_name()) {
            Some(name) if name == group => Ok(()),
            _ if self.options.create_log_group => Ok(()),
            _ => Err(Outcome::Paused { reason: format!("log group `{group}` does not exist") }),
        }
    }
}

impl Transport for CloudWatchTransport {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(self.send_batch(batch))
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { self.check().await.map_err(HealthError::from) })
    }
}

#[derive(PartialEq, Eq)]
enum Place {
    Exists,
    GroupMissing,
}

fn log_event(record: &Record) -> InputLogEvent {
    InputLogEvent::builder()
        .timestamp(record.timestamp.as_unix_millis())
        .message(String::from_utf8_lossy(&record.bytes))
        .build()
        .expect("timestamp and message are set")
}

/// A 200 counts only with something of CloudWatch's own in it: a proxy's bare 200 would otherwise
/// pass for delivery. Such an answer is repeated like any other lost one.
fn stored(output: &PutLogEventsOutput, events: usize) -> Outcome {
    let info = output.rejected_log_events_info();
    if output.request_id().is_none() && output.next_sequence_token().is_none() && info.is_none() {
        return Outcome::Transient { retry_after: None, reason: "HTTP 200 without a request id".to_owned() };
    }
    let ranges = info.map_or_else(RejectedRanges::default, |info| RejectedRanges {
        too_old_end: info.too_old_log_event_end_index(),
        expired_end: info.expired_log_event_end_index(),
        too_new_start: info.too_new_log_event_start_index(),
    });
    accepted(ranges, events)
}
