//! The log group and stream events go to: created on first use, idempotently.

use aws_sdk_cloudwatchlogs::Client;

use super::super::cloud_sink_base::Outcome;
use super::aws_cloudwatch_client::{CloudWatchOptions, failure, is_already_there, is_not_found};

/// What is known about a place that this sink had to create.
#[derive(Debug, Default)]
pub struct Place {
    /// The group is ours and its retention is not set yet.
    retention_due: bool,
}

#[derive(PartialEq, Eq)]
enum Stream {
    Exists,
    GroupMissing,
}

impl Place {
    /// Creates what the options allow: stream, or group, retention and stream.
    ///
    /// The stream is tried first: it is what a new process misses, the group is missing only once.
    ///
    /// # Errors
    ///
    /// The outcome for the batch that found the place missing. Calling again goes on where this
    /// call stopped.
    pub async fn ensure(
        &mut self,
        client: &Client,
        options: &CloudWatchOptions,
    ) -> Result<(), Outcome> {
        if options.create_log_stream && create_stream(client, options).await? == Stream::Exists {
            return self.apply_retention(client, options).await;
        }
        if options.create_log_group {
            self.retention_due |= create_group(client, options).await?;
            self.apply_retention(client, options).await?;
        }
        if options.create_log_stream
            && create_stream(client, options).await? == Stream::GroupMissing
        {
            return Err(group_is_missing(options));
        }
        Ok(())
    }

    /// Sets the retention of a group this sink made.
    ///
    /// A refusal costs money, not events: it is logged and delivery goes on.
    async fn apply_retention(
        &mut self,
        client: &Client,
        options: &CloudWatchOptions,
    ) -> Result<(), Outcome> {
        let Some(days) = options.retention_days.filter(|_| self.retention_due) else {
            return Ok(());
        };
        let group = &options.log_group;
        let request = client.put_retention_policy().log_group_name(group);
        if let Err(error) = request.retention_in_days(days).send().await {
            match failure(&error) {
                retryable @ (Outcome::Throttled { .. } | Outcome::Transient { .. }) => {
                    return Err(retryable);
                }
                refused => {
                    tracing::warn!(group, days, ?refused, "log group is kept for ever");
                }
            }
        }
        self.retention_due = false;
        Ok(())
    }
}

/// Looks the group up without creating anything.
///
/// # Errors
///
/// What is wrong, [`Outcome::Paused`] when the group does not exist.
pub async fn look_up(client: &Client, options: &CloudWatchOptions) -> Result<(), Outcome> {
    let request = client.describe_log_groups().limit(1);
    let request = request.log_group_name_prefix(&options.log_group);
    let found = request.send().await.map_err(|error| failure(&error))?;
    // A group sorts before every other group that starts with its name.
    let first = found.log_groups().first();
    if first.and_then(|group| group.log_group_name()) == Some(&options.log_group) {
        return Ok(());
    }
    Err(group_is_missing(options))
}

async fn create_stream(client: &Client, options: &CloudWatchOptions) -> Result<Stream, Outcome> {
    let request = client.create_log_stream();
    let request = request.log_group_name(&options.log_group);
    match request.log_stream_name(&options.log_stream).send().await {
        Ok(_) => Ok(Stream::Exists),
        Err(error) if is_already_there(&error) => Ok(Stream::Exists),
        Err(error) if is_not_found(&error) => Ok(Stream::GroupMissing),
        Err(error) => Err(failure(&error)),
    }
}

/// Whether this call made the group.
async fn create_group(client: &Client, options: &CloudWatchOptions) -> Result<bool, Outcome> {
    let request = client.create_log_group();
    match request.log_group_name(&options.log_group).send().await {
        Ok(_) => Ok(true),
        Err(error) if is_already_there(&error) => Ok(false),
        Err(error) => Err(failure(&error)),
    }
}

fn group_is_missing(options: &CloudWatchOptions) -> Outcome {
    let group = &options.log_group;
    Outcome::Paused {
        reason: format!("log group `{group}` does not exist"),
    }
}
