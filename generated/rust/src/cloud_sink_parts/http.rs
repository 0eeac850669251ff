//! The HTTP client behind a transport: one request, one bounded answer.
//!
//! Redirects are never followed (a 302 would turn the POST into a GET and carry the key along),
//! proxies are never taken from the environment, certificates are verified with TLS 1.2 or newer, and
//! no more than [`MAX_RESPONSE_BYTES`] of an answer are read.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, Url, tls};

use super::super::cloud_sink_base::{HealthError, Outcome};
use super::connection::{ConnectionConfig, ConnectionError};

/// Bytes of an answer that are read; the rest is not needed to classify it.
pub const MAX_RESPONSE_BYTES: usize = 1_024 * 1_024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Performs requests over a pool of connections.
#[derive(Debug, Clone)]
pub struct HttpClient {
    client: Client,
}

/// What came back.
#[derive(Debug)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, cut at [`MAX_RESPONSE_BYTES`].
    pub body: Vec<u8>,
}

impl HttpClient {
    /// A client whose requests take at most `attempt_timeout`, connecting included.
    ///
    /// # Errors
    ///
    /// When TLS cannot be set up.
    pub fn new(attempt_timeout: Duration) -> Result<Self, ConnectionError> {
        Self::connected(attempt_timeout, &ConnectionConfig::default())
    }

    /// The same with settings for TLS and proxy.
    ///
    /// # Errors
    ///
    /// [`ConnectionError`] with the setting that cannot be used.
    pub fn connected(
        attempt_timeout: Duration,
        connection: &ConnectionConfig,
    ) -> Result<Self, ConnectionError> {
        let builder = Client::builder()
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            .redirect(Policy::none())
            .tls_version_min(tls::Version::TLS_1_2)
            .connect_timeout(CONNECT_TIMEOUT.min(attempt_timeout))
            .timeout(attempt_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true);
        let builder = connection.apply(builder)?;
        Ok(Self {
            client: connection.build(builder)?,
        })
    }

    /// Begins a request.
    pub fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.client.request(method, url.clone())
    }

    /// Performs a request.
    ///
    /// # Errors
    ///
    /// [`HttpError`] when no complete answer came; whether the request arrived is not known then.
    pub async fn send(&self, request: RequestBuilder) -> Result<HttpResponse, HttpError> {
        let mut response = request
            .send()
            .await
            .map_err(|error| HttpError::new(&error))?;
        let status = response.status().as_u16();
        let headers = std::mem::take(response.headers_mut());
        let mut body = Vec::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| HttpError::new(&error))?
        {
            let room = MAX_RESPONSE_BYTES - body.len();
            body.extend_from_slice(&chunk[..chunk.len().min(room)]);
            if chunk.len() >= room {
                break;
            }
        }
        Ok(HttpResponse {
            status,
            headers,
            body,
        })
    }
}

/// No complete answer came. Shows the kind of failure and its cause, never the URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    reason: String,
}

impl HttpError {
    fn new(error: &reqwest::Error) -> Self {
        let what = if error.is_timeout() {
            "no answer in time"
        } else if error.is_connect() {
            "cannot connect"
        } else if error.is_builder() {
            "cannot build the request"
        } else {
            "connection failed"
        };
        // reqwest's own text holds the URL, and with it perhaps a key; its causes do not.
        let mut root: Option<&(dyn Error + 'static)> = error.source();
        while let Some(deeper) = root.and_then(Error::source) {
            root = Some(deeper);
        }
        match root {
            Some(cause) if !error.is_timeout() => Self {
                reason: format!("{what}: {cause}"),
            },
            _ => Self {
                reason: what.to_owned(),
            },
        }
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for HttpError {}

impl From<HttpError> for Outcome {
    fn from(error: HttpError) -> Self {
        Self::Transient {
            retry_after: None,
            reason: error.reason,
        }
    }
}

impl From<HttpError> for HealthError {
    fn from(error: HttpError) -> Self {
        Self::new(error.reason)
    }
}

/// A header value that the client's own log lines do not show. `None` when `text` holds what a
/// header cannot, such as a line break.
#[must_use]
pub fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
