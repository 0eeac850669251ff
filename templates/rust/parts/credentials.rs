//! Sends requests that carry credentials, whatever the scheme: fetched when first needed, renewed
//! ahead of their end, and once more when the backend refuses those it took before.
//!
//! A scheme is a file of its own (`oauth2.rs`, `google.rs`, `azure.rs`, `sas.rs`, `sigv4.rs`) that
//! implements [`Credentials`]. Needs `http.rs`, `token.rs` and `scrub.rs`; crates: `bytes`,
//! `reqwest`, `tokio` (`time`, `sync`).

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, Url};

use super::super::cloud_sink_base::{BoxFuture, HealthError, Outcome};
use super::connection::ConnectionConfig;
use super::http::{HttpClient, HttpError, HttpResponse};
use super::scrub::hide_headers;

/// Puts credentials into requests.
pub trait Credentials: fmt::Debug + Send + Sync {
    /// Puts credentials into a request as it will be sent, and says which issue of them.
    ///
    /// Waits for them when there are none that hold, at most half an attempt's timeout. Cancelled,
    /// it leaves the fetching to the next caller.
    fn authorize<'a>(
        &'a self,
        request: &'a mut OutgoingRequest,
    ) -> BoxFuture<'a, Result<u64, CredentialsError>>;

    /// Whether an answer says that the backend did not take the credentials.
    fn is_refusal(&self, response: &HttpResponse) -> bool {
        response.status == 401
    }

    /// The backend has taken this issue.
    fn accepted(&self, issue: u64);

    /// The backend has refused this issue. True: the request is worth sending again, with others;
    /// false: these were fresh, so the refusal is the backend's answer.
    fn refused(&self, issue: u64) -> bool;
}

/// A request before credentials are put into it.
#[derive(Clone)]
pub struct OutgoingRequest {
    /// Method.
    pub method: Method,
    /// Where it goes.
    pub url: Url,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, compressed already: some schemes sign it.
    pub body: Bytes,
}

/// Sends a request with credentials, and a second time when the backend refuses old ones.
///
/// # Errors
///
/// [`SendError`] when there are no credentials to send, or no complete answer came.
pub async fn send(
    client: &HttpClient,
    credentials: &dyn Credentials,
    request: &OutgoingRequest,
) -> Result<HttpResponse, SendError> {
    let (issue, response) = send_once(client, credentials, request).await?;
    if !credentials.is_refusal(&response) || !credentials.refused(issue) {
        return Ok(response);
    }
    let (_, response) = send_once(client, credentials, request).await?;
    Ok(response)
}

async fn send_once(
    client: &HttpClient,
    credentials: &dyn Credentials,
    request: &OutgoingRequest,
) -> Result<(u64, HttpResponse), SendError> {
    let mut request = request.clone();
    let issue = credentials.authorize(&mut request).await?;
    let attempt = client
        .request(request.method, &request.url)
        .headers(request.headers.clone())
        .body(request.body);
    let mut response = client.send(attempt).await?;
    if (200..300).contains(&response.status) {
        credentials.accepted(issue);
    } else {
        // Refusals are quoted in log lines, and some backends quote what they were sent.
        hide_headers(&mut response.body, &request.headers);
    }
    Ok((issue, response))
}

/// Tells the time of day.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

/// Reads one environment variable.
pub type Environment = Arc<dyn Fn(&str) -> Option<String> + Send + Sync>;

/// What a scheme takes from around it.
#[derive(Clone)]
pub struct CredentialsContext {
    /// Limit of an attempt; fetching credentials takes at most half of it.
    pub attempt_timeout: Duration,
    /// The system's, unless a test brings its own.
    pub clock: Clock,
    /// The process's, unless a test brings its own.
    pub environment: Environment,
    /// TLS and proxy, for whoever issues credentials too.
    pub connection: ConnectionConfig,
}

impl fmt::Debug for CredentialsContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsContext")
            .field("attempt_timeout", &self.attempt_timeout)
            .finish_non_exhaustive()
    }
}

impl CredentialsContext {
    /// The system's clock and the process's environment.
    #[must_use]
    pub fn new(attempt_timeout: Duration) -> Self {
        Self {
            attempt_timeout,
            clock: Arc::new(SystemTime::now),
            environment: Arc::new(|name| std::env::var(name).ok()),
            connection: ConnectionConfig::default(),
        }
    }

    /// The same over a connection with settings.
    #[must_use]
    pub fn over(self, connection: &ConnectionConfig) -> Self {
        Self {
            connection: connection.clone(),
            ..self
        }
    }

    /// Longest time that fetching credentials takes: the other half of an attempt is for the
    /// request they are meant for.
    #[must_use]
    pub fn fetch_timeout(&self) -> Duration {
        self.attempt_timeout / 2
    }

    /// An environment variable that is set to something.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|value| !value.is_empty())
    }
}

/// Why there are no credentials. Shows none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialsError {
    /// Whoever issues them cannot be asked, or gives no answer that makes sense.
    Outage {
        /// The delay asked for.
        retry_after: Option<Duration>,
        /// What failed, and where.
        reason: String,
    },
    /// They are wrong or missing; a person has to change a setting.
    Refused {
        /// The setting, and what was said about it.
        reason: String,
    },
}

impl CredentialsError {
    /// An outage without a delay.
    pub fn outage(reason: impl Into<String>) -> Self {
        Self::Outage {
            retry_after: None,
            reason: reason.into(),
        }
    }

    /// A refusal.
    pub fn refused(reason: impl Into<String>) -> Self {
        Self::Refused {
            reason: reason.into(),
        }
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outage { reason, .. } | Self::Refused { reason } => f.write_str(reason),
        }
    }
}

impl Error for CredentialsError {}

impl From<CredentialsError> for Outcome {
    fn from(error: CredentialsError) -> Self {
        match error {
            CredentialsError::Outage {
                retry_after,
                reason,
            } => Self::Transient {
                retry_after,
                reason,
            },
            CredentialsError::Refused { reason } => Self::Paused { reason },
        }
    }
}

/// Why a request has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// It was not sent.
    Credentials(CredentialsError),
    /// It was sent, and may have arrived.
    Http(HttpError),
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials(error) => error.fmt(f),
            Self::Http(error) => error.fmt(f),
        }
    }
}

impl Error for SendError {}

impl From<CredentialsError> for SendError {
    fn from(error: CredentialsError) -> Self {
        Self::Credentials(error)
    }
}

impl From<HttpError> for SendError {
    fn from(error: HttpError) -> Self {
        Self::Http(error)
    }
}

impl From<SendError> for Outcome {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Credentials(error) => error.into(),
            SendError::Http(error) => error.into(),
        }
    }
}

impl From<SendError> for HealthError {
    fn from(error: SendError) -> Self {
        Self::new(error.to_string())
    }
}
