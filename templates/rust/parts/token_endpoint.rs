//! Asks token endpoints, and sorts what they say into a token, an outage or a refusal.
//!
//! Redirects are never followed. Plain http is for loopback and for the metadata services of the
//! clouds. What comes with a token is never quoted, and of a refusal only the `error` fields are,
//! without the secrets that were sent.
//!
//! Needs `answer.rs`, `credentials.rs`, `http.rs`, `percent.rs`, `scrub.rs` and `token.rs`; crates:
//! `reqwest`, `serde_json`.

use std::fs::File;
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::Path;
use std::time::{Duration, SystemTime};

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};
use serde_json::Value;

use super::super::cloud_sink_base::Secret;
use super::answer::{excerpt, retry_after};
use super::credentials::{CredentialsContext, CredentialsError};
use super::http::{HttpClient, HttpResponse};
use super::percent;
use super::scrub::scrub;
use super::token::Issued;

/// Longest lifetime read from an answer; a longer one might not fit a date.
const MAX_LIFETIME_SECONDS: u64 = 366 * 24 * 60 * 60;

/// Bytes of a file with a key or a token that are read.
const MAX_FILE_BYTES: u64 = 64 * 1_024;

/// Asks token endpoints for one scheme.
#[derive(Debug)]
pub struct TokenClient {
    client: HttpClient,
    context: CredentialsContext,
    setting: &'static str,
}

/// Where tokens come from.
#[derive(Debug, Clone)]
pub struct TokenEndpoint {
    url: Url,
    is_metadata: bool,
}

/// One request to a token endpoint.
#[derive(Default)]
pub struct TokenRequest<'a> {
    /// Headers beside those that every request has.
    pub headers: HeaderMap,
    /// Fields of the form that is posted; none: the endpoint is asked by GET.
    pub form: Vec<(&'a str, &'a str)>,
    /// What no error may show.
    pub secrets: Vec<&'a str>,
}

impl TokenEndpoint {
    /// An endpoint that takes credentials, with TLS or on this machine.
    ///
    /// # Errors
    ///
    /// [`CredentialsError::Refused`] when `url` is something else.
    pub fn new(url: &str) -> Result<Self, CredentialsError> {
        Self::checked(url, false)
    }

    /// A cloud's metadata service, which hands out tokens to whatever runs on the machine.
    ///
    /// # Errors
    ///
    /// As [`TokenEndpoint::new`].
    pub fn metadata(url: &str) -> Result<Self, CredentialsError> {
        Self::checked(url, true)
    }

    /// The endpoint in error messages: `token endpoint HOST`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("token endpoint {}", self.url.host_str().unwrap_or_default())
    }

    fn checked(url: &str, is_metadata: bool) -> Result<Self, CredentialsError> {
        let refused = |what: &str| CredentialsError::refused(format!("the token URL {what}"));
        let url = Url::parse(url).map_err(|error| refused(&format!("is not valid: {error}")))?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" => true,
            _ => return Err(refused("is neither https nor http")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("has a user name or password in it"));
        }
        if is_plain && !is_near(&url, is_metadata) {
            return Err(refused(
                "is http, which would show the credentials: use https",
            ));
        }
        Ok(Self { url, is_metadata })
    }
}

/// Whether a host is this machine or, when that is asked for, its cloud's metadata service.
fn is_near(url: &Url, is_metadata: bool) -> bool {
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            address.is_loopback() || (is_metadata && address.is_link_local())
        }
        Ok(IpAddr::V6(address)) => address.is_loopback(),
        Err(_) => host == "localhost" || (is_metadata && host == "metadata.google.internal"),
    }
}

impl TokenClient {
    /// A client; no connection is opened yet. `setting` is the one that errors name which a person
    /// has to cure.
    ///
    /// # Errors
    ///
    /// [`CredentialsError::Refused`] when TLS cannot be set up.
    pub fn new(
        setting: &'static str,
        context: &CredentialsContext,
    ) -> Result<Self, CredentialsError> {
        let client = HttpClient::connected(context.fetch_timeout(), &context.connection);
        let client = client.map_err(|error| CredentialsError::refused(error.to_string()))?;
        Ok(Self {
            client,
            context: context.clone(),
            setting,
        })
    }

    /// Asks once; the value of what is issued is that of an `Authorization` header.
    ///
    /// # Errors
    ///
    /// When no token came.
    pub async fn ask(
        &self,
        endpoint: &TokenEndpoint,
        request: &TokenRequest<'_>,
    ) -> Result<Issued<Secret>, CredentialsError> {
        let response = self.exchange(endpoint, request).await?;
        match response.status {
            200 => self
                .issued(&response.body)
                .map_err(|found| CredentialsError::outage(format!("{}: {found}", endpoint.name()))),
            _ => Err(self.refusal(endpoint, &response, &request.secrets)),
        }
    }

    /// What a setting lacks, for a person.
    #[must_use]
    pub fn refused(&self, what: &str) -> CredentialsError {
        CredentialsError::refused(format!("`{}`: {what}", self.setting))
    }

    async fn exchange(
        &self,
        endpoint: &TokenEndpoint,
        request: &TokenRequest<'_>,
    ) -> Result<HttpResponse, CredentialsError> {
        let method = if request.form.is_empty() {
            Method::GET
        } else {
            Method::POST
        };
        let mut attempt = self
            .client
            .request(method, &endpoint.url)
            .headers(request.headers.clone())
            .header(ACCEPT, HeaderValue::from_static("application/json"));
        if !request.form.is_empty() {
            let form = HeaderValue::from_static("application/x-www-form-urlencoded");
            attempt = attempt
                .header(CONTENT_TYPE, form)
                .body(encode_form(&request.form));
        }
        let answer = self.client.send(attempt).await;
        answer.map_err(|error| CredentialsError::outage(format!("{}: {error}", endpoint.name())))
    }

    /// Reads a token; the error says what is wrong without quoting anything.
    fn issued(&self, body: &[u8]) -> Result<Issued<Secret>, &'static str> {
        let Ok(Value::Object(answer)) = serde_json::from_slice(body) else {
            return Err("HTTP 200 with a body that is no JSON object");
        };
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        if text("token_type").is_some_and(|kind| !kind.eq_ignore_ascii_case("bearer")) {
            return Err("HTTP 200 with a `token_type` that is not Bearer");
        }
        let token = text("access_token")
            .filter(|token| !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()))
            .ok_or("HTTP 200 without a usable `access_token`")?;
        let now = (self.context.clock)();
        let seconds = |name: &str| answer.get(name).and_then(whole_seconds);
        let expires_at = match (seconds("expires_in"), seconds("expires_on")) {
            (Some(lifetime), _) => now + Duration::from_secs(lifetime.min(MAX_LIFETIME_SECONDS)),
            // Azure's App Service tells the moment instead.
            (None, Some(moment)) => SystemTime::UNIX_EPOCH
                .checked_add(Duration::from_secs(moment))
                .ok_or("HTTP 200 without a usable `expires_on`")?,
            (None, None) => return Err("HTTP 200 without a usable `expires_in`"),
        };
        if expires_at <= now {
            return Err("HTTP 200 with a token that has ended already");
        }
        Ok(Issued {
            value: Secret::new(format!("Bearer {token}")),
            expires_at: Some(expires_at),
        })
    }

    fn refusal(
        &self,
        endpoint: &TokenEndpoint,
        response: &HttpResponse,
        secrets: &[&str],
    ) -> CredentialsError {
        let answer = Refusal::read(&response.body);
        let said = said(response.status, &answer, secrets);
        let name = endpoint.name();
        let is_outage = match response.status {
            408 | 425 | 429 | 500.. => true,
            // Metadata services say so while they start.
            404 | 410 => endpoint.is_metadata,
            _ => answer.is_temporary(),
        };
        if is_outage || response.status < 300 {
            return CredentialsError::Outage {
                retry_after: retry_after(response, "retry-after"),
                reason: format!("{name}: {said}"),
            };
        }
        if response.status < 400 {
            return self.refused(&format!("{name} redirects, which is not followed: {said}"));
        }
        self.refused(&format!("{name} refused it: {said}"))
    }
}

/// What a refusal says in the fields that the standard and the vendors have for it.
#[derive(Default)]
struct Refusal {
    code: String,
    text: String,
}

impl Refusal {
    fn read(body: &[u8]) -> Self {
        let Ok(answer) = serde_json::from_slice::<Value>(body) else {
            return Self::default();
        };
        let text = |pointer: &str| {
            let found = answer.pointer(pointer).and_then(Value::as_str);
            found.unwrap_or_default().to_owned()
        };
        if answer.pointer("/error").is_some_and(Value::is_object) {
            return Self {
                code: text("/error/status"),
                text: text("/error/message"),
            };
        }
        Self {
            code: text("/error"),
            text: text("/error_description"),
        }
    }

    fn is_temporary(&self) -> bool {
        matches!(
            self.code.as_str(),
            "temporarily_unavailable" | "server_error" | "slow_down"
        )
    }
}

/// `HTTP 401 Unauthorized: invalid_client: TEXT`, without secrets.
fn said(status: u16, answer: &Refusal, secrets: &[&str]) -> String {
    let name = StatusCode::from_u16(status)
        .ok()
        .and_then(|code| code.canonical_reason())
        .unwrap_or_default();
    let mut said = format!("HTTP {status} {name}").trim_end().to_owned();
    for part in [&answer.code, &answer.text] {
        // Before it is cut: half a secret would not be found.
        let part = excerpt(scrub(part, secrets.iter().copied()).as_bytes());
        if !part.is_empty() {
            said.push_str(": ");
            said.push_str(&part);
        }
    }
    said
}

/// A number of seconds above zero; Azure writes it as text.
fn whole_seconds(value: &Value) -> Option<u64> {
    let seconds = match value {
        Value::String(text) => text.parse().ok()?,
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float turns into the nearest number there is"
        )]
        Value::Number(number) => match number.as_u64() {
            Some(whole) => whole,
            None => number.as_f64()? as u64,
        },
        _ => return None,
    };
    (seconds > 0).then_some(seconds)
}

fn encode_form(fields: &[(&str, &str)]) -> String {
    let pairs: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
        .collect();
    pairs.join("&")
}

/// The text of a file with a key or a token, without space around it. It is read whenever it is
/// needed, because such files are replaced while programs run.
///
/// # Errors
///
/// When it cannot be read, is no text, or is something whose reading could wait for ever.
pub fn read_text(path: &Path) -> io::Result<Secret> {
    if !path.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut text = String::new();
    File::open(path)?
        .take(MAX_FILE_BYTES)
        .read_to_string(&mut text)?;
    Ok(Secret::new(text.trim()))
}
