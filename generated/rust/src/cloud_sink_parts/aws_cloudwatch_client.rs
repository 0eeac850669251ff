//! Client of `CloudWatch` Logs: its settings, where the rest comes from, and what its errors mean.

use std::error::Error;
use std::mem;
use std::time::Duration;

use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::config::interceptors::BeforeDeserializationInterceptorContextMut;
use aws_sdk_cloudwatchlogs::config::retry::RetryConfig;
use aws_sdk_cloudwatchlogs::config::timeout::TimeoutConfig;
use aws_sdk_cloudwatchlogs::config::{
    BehaviorVersion, Builder, ConfigBag, Intercept, Region, RuntimeComponents,
};
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_types::body::SdkBody;
use http_body_util::Limited;

use super::super::cloud_sink_base::Outcome;
use super::aws_cloudwatch_classify::classify;

/// An answer longer than this has nothing to say; the SDK would read it to its end.
const MAX_RESPONSE_BYTES: usize = 1_024 * 1_024;

/// Where events go and how that place comes to be.
#[derive(Debug, Clone)]
pub struct CloudWatchOptions {
    /// Log group.
    pub log_group: String,
    /// Log stream within the group.
    pub log_stream: String,
    /// Region; absent: `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, then instance metadata.
    pub region: Option<String>,
    /// Replaces the region's endpoint, for private links, `LocalStack` and moto.
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

/// Loads region and credential sources and builds a client.
///
/// Retry and timeouts are set for this service alone: the calls that fetch credentials keep the
/// SDK's own.
///
/// # Errors
///
/// [`Outcome::Paused`] when no region is set anywhere.
pub async fn connect(options: &CloudWatchOptions) -> Result<Client, Outcome> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest());
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    let shared = loader.load().await;
    if shared.region().is_none() {
        return Err(Outcome::Paused {
            reason: "no region: set `region` or AWS_REGION".to_owned(),
        });
    }
    let mut config = Builder::from(&shared)
        .retry_config(RetryConfig::disabled())
        .interceptor(BoundedAnswers)
        .timeout_config(
            TimeoutConfig::builder()
                .operation_timeout(options.attempt_timeout)
                .build(),
        );
    if let Some(url) = &options.endpoint_url {
        config = config.endpoint_url(url);
    }
    Ok(Client::from_conf(config.build()))
}

/// Has an answer that is too long count as one that nobody could read.
#[derive(Debug)]
struct BoundedAnswers;

impl Intercept for BoundedAnswers {
    fn name(&self) -> &'static str {
        "BoundedAnswers"
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), Box<dyn Error + Send + Sync>> {
        let body = context.response_mut().body_mut();
        let whole = mem::replace(body, SdkBody::taken());
        *body = SdkBody::from_body_1_x(Limited::new(whole, MAX_RESPONSE_BYTES));
        Ok(())
    }
}

/// The group or the stream is missing; the code does not say which.
pub fn is_not_found<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    service_code(error) == Some("ResourceNotFoundException")
}

/// Someone else was faster.
pub fn is_already_there<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    service_code(error) == Some("ResourceAlreadyExistsException")
}

fn service_code<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<&str> {
    error
        .as_service_error()
        .and_then(ProvideErrorMetadata::code)
}

/// Sorts any failed call into an outcome.
pub fn failure<E>(error: &SdkError<E>) -> Outcome
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        // A success nobody could read is a lost answer: the events may or may not be stored.
        SdkError::ServiceError(context) if context.raw().status().is_success() => {
            Outcome::Transient {
                retry_after: None,
                reason: chain(error),
            }
        }
        SdkError::ServiceError(context) => classify(
            context.err().code().unwrap_or_default(),
            context.raw().status().as_u16(),
            context.err().message().unwrap_or_default(),
        ),
        // Neither refused nor broken off: no credentials were found, or what answers there does
        // not speak HTTP. Both need a person, and the events can wait.
        SdkError::DispatchFailure(cause) if cause.is_other() && cause.as_other().is_none() => {
            Outcome::Paused {
                reason: chain(error),
            }
        }
        SdkError::ConstructionFailure(_) => Outcome::Paused {
            reason: chain(error),
        },
        _ => Outcome::Transient {
            retry_after: None,
            reason: chain(error),
        },
    }
}

/// An error and its causes on one line, at most 300 characters.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text.chars().take(300).collect()
}
