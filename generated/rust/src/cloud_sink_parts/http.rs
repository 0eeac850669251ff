//! The HTTP client behind a transport: one request, one bounded answer, and what the answer says
//! in its status, headers and body.
//!
//! Redirects are never followed (a 302 would turn the POST into a GET and carry the key along),
//! proxies are never taken from the environment, certificates are verified with TLS 1.2 or newer,
//! and no more than [`MAX_RESPONSE_BYTES`] of an answer are read.

use std::error::Error;
use std::fmt;
use std::io::{self, Write};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder, StatusCode, Url, tls};
use serde_json::Value;

use super::super::cloud_sink_base::{HealthError, MAX_RETRY_AFTER, Outcome};

/// Bytes of an answer that are read; the rest is not needed to classify it.
pub const MAX_RESPONSE_BYTES: usize = 1_024 * 1_024;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// Characters of an answer that are quoted in a reason.
const EXCERPT_CHARS: usize = 200;

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
    pub fn new(attempt_timeout: Duration) -> Result<Self, reqwest::Error> {
        let client = Client::builder()
            .user_agent(concat!(
                env!("CARGO_PKG_NAME"),
                "/",
                env!("CARGO_PKG_VERSION")
            ))
            .redirect(Policy::none())
            .no_proxy()
            .tls_version_min(tls::Version::TLS_1_2)
            .connect_timeout(CONNECT_TIMEOUT.min(attempt_timeout))
            .timeout(attempt_timeout)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            .build()?;
        Ok(Self { client })
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

/// A body sent as it is: what `write` writes.
///
/// # Errors
///
/// Those of `write`.
pub fn uncompressed(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<Bytes> {
    let mut body = Vec::new();
    write(&mut body)?;
    Ok(Bytes::from(body))
}

/// Status and the start of the body, for a log line: `HTTP 400 Bad Request: TEXT`.
#[must_use]
pub fn reason(response: &HttpResponse) -> String {
    reason_with(response.status, &response.body)
}

/// Status and the text at a JSON pointer, or the start of the body where there is none.
#[must_use]
pub fn reason_at(response: &HttpResponse, pointer: &str) -> String {
    match text_at(&response.body, pointer) {
        Some(text) => reason_with(response.status, text.as_bytes()),
        None => reason(response),
    }
}

/// The text, or the number as text, at a JSON pointer into the body.
#[must_use]
pub fn text_at(body: &[u8], pointer: &str) -> Option<String> {
    let root: Value = serde_json::from_slice(body).ok()?;
    match root.pointer(pointer)? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The delay a header asks for, cut to what is reasonable. `None` when the header is absent or
/// says no delay.
#[must_use]
pub fn retry_after(response: &HttpResponse, header: &str) -> Option<Duration> {
    let text = response.headers.get(header)?.to_str().ok()?;
    delay(text, SystemTime::now())
}

/// The delay that `text` asks for, seconds or an HTTP date, cut to five minutes.
///
/// `None` when it is neither; zero for a date that has passed.
#[must_use]
pub fn delay(text: &str, now: SystemTime) -> Option<Duration> {
    let text = text.trim();
    let asked = match text.as_bytes() {
        // Only digits and a point: `inf`, `nan`, signs and exponents are no delay.
        [b'0'..=b'9', ..]
            if text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'.') =>
        {
            let seconds: f64 = text.parse().ok()?;
            Duration::try_from_secs_f64(seconds).unwrap_or(MAX_RETRY_AFTER)
        }
        _ => httpdate::parse_http_date(text)
            .ok()?
            .duration_since(now)
            .unwrap_or_default(),
    };
    Some(asked.min(MAX_RETRY_AFTER))
}

/// The start of an answer's text on one line, without control characters.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    let start = &text[..text.len().min(EXCERPT_CHARS * 4)];
    let printable: String = String::from_utf8_lossy(start)
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(EXCERPT_CHARS)
        .collect();
    printable.trim().to_owned()
}

fn reason_with(status: u16, text: &[u8]) -> String {
    let text = excerpt(text);
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or_default();
    let separator = if name.is_empty() { "" } else { " " };
    if text.is_empty() {
        return format!("HTTP {status}{separator}{name}");
    }
    format!("HTTP {status}{separator}{name}: {text}")
}

/// Sets a header.
///
/// # Errors
///
/// [`HeaderError`] when `value` holds what a header cannot, such as a line break.
pub fn set_header(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: &str,
) -> Result<(), HeaderError> {
    let value = HeaderValue::from_str(value).ok();
    insert(headers, name, setting, value)
}

/// Sets a header that no log line shows.
///
/// # Errors
///
/// As [`set_header`].
pub fn set_secret_header(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: &str,
) -> Result<(), HeaderError> {
    insert(headers, name, setting, secret_header(value))
}

fn insert(
    headers: &mut HeaderMap,
    name: &'static str,
    setting: &str,
    value: Option<HeaderValue>,
) -> Result<(), HeaderError> {
    let (Ok(name), Some(value)) = (HeaderName::try_from(name), value) else {
        return Err(HeaderError {
            setting: setting.to_owned(),
        });
    };
    headers.insert(name, value);
    Ok(())
}

/// A setting does not fit into a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderError {
    setting: String,
}

impl fmt::Display for HeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "setting `{}` has characters a header cannot hold",
            self.setting
        )
    }
}

impl Error for HeaderError {}

/// A header value that the client's own log lines do not show. `None` when `text` holds what a
/// header cannot, such as a line break.
#[must_use]
pub fn secret_header(text: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(text).ok()?;
    value.set_sensitive(true);
    Some(value)
}
