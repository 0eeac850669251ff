//! Sends each batch as one HTTP request: makes its body once, performs one attempt, reads the answer.
//!
//! A provider says where requests go, how bodies are compressed, and what answers mean.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};

use super::super::cloud_sink_base::{
    Batch, BoxFuture, Encoder, HealthError, Outcome, Record, Transport,
};
use super::answer::{Answer, Places};
use super::connection::{ConnectionConfig, is_plain};
use super::http::{HttpClient, HttpError, HttpResponse};
use super::named_settings::NamedSettings;
use super::request::{HttpRequest, RequestError, Shared};
use super::scrub::{self, Scrubber};

/// What a provider's transport is made of.
pub struct HttpParts<E> {
    /// Writes bodies.
    pub encoder: Arc<E>,
    /// `Content-Type` of bodies.
    pub content_type: &'static str,
    /// Compresses them.
    pub codec: Codec,
    /// Makes requests.
    pub requests: Requests,
    /// The health check, where the provider has one.
    pub health: Option<HealthCheck>,
    /// Sends requests.
    pub sender: Arc<dyn Sender>,
    /// Where answers say what.
    pub places: Places,
    /// What they mean.
    pub classify: fn(&Answer<'_>) -> Outcome,
    /// Longest body as it goes over the wire, where the provider counts that.
    pub max_wire_bytes: Option<usize>,
    /// Limit of one attempt.
    pub attempt_timeout: Duration,
    /// TLS and proxy.
    pub connection: ConnectionConfig,
    /// What to look at when the provider refuses all requests.
    pub settings: NamedSettings,
}

/// Makes the request that carries a batch.
pub enum Requests {
    /// The same for each.
    Same(Box<HttpRequest>),
    /// Made for each, of what its events share and of the moment.
    Each(MakeRequest),
}

/// Makes one of what its events share.
pub type MakeRequest = Box<dyn Fn(&Shared) -> Result<HttpRequest, RequestError> + Send + Sync>;

/// A cheap question whether the provider would answer.
pub struct HealthCheck {
    /// What is asked.
    pub request: HttpRequest,
    /// With which body.
    pub body: &'static str,
    /// Which statuses mean yes.
    pub is_healthy: fn(u16) -> bool,
}

/// Writes a body into whatever it is handed.
pub type WriteBody<'a> = &'a dyn Fn(&mut dyn Write) -> io::Result<()>;

/// A way of compressing bodies.
#[derive(Debug, Clone, Copy)]
pub struct Codec {
    /// Its name in `Content-Encoding`.
    pub name: Option<&'static str>,
    /// Collects what is written, compressed as it comes.
    pub compress: fn(WriteBody<'_>) -> io::Result<Bytes>,
}

/// Bodies as they are.
pub const UNCOMPRESSED: Codec = Codec {
    name: None,
    compress: |write| {
        let mut body = Vec::new();
        write(&mut body)?;
        Ok(Bytes::from(body))
    },
};

/// Performs requests.
pub trait Sender: Send + Sync {
    /// Performs one, its body compressed already.
    fn send<'a>(
        &'a self,
        client: &'a HttpClient,
        request: HttpRequest,
        body: Bytes,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>>;

    /// Whether it adds credentials of its own.
    fn adds_credentials(&self) -> bool {
        true
    }
}

/// Asks the provider something; the body of the answer quotes no secret.
pub type Ask<'a> = Box<
    dyn Fn(HttpRequest, Bytes) -> BoxFuture<'a, Result<HttpResponse, SendError>> + Send + Sync + 'a,
>;

/// Finds out whether the provider has stored what it took.
pub trait Confirm: Send + Sync {
    /// What became of a batch that was sent with this request, and answered as delivered.
    fn confirm<'a>(
        &'a self,
        batch: HttpRequest,
        answer: HttpResponse,
        ask: Ask<'a>,
    ) -> BoxFuture<'a, Outcome>;

    /// How long that takes at most.
    fn longest(&self) -> Duration;
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct SendError {
    /// What it means for the events.
    pub outcome: Outcome,
    /// What failed.
    pub reason: String,
}

impl From<HttpError> for SendError {
    fn from(error: HttpError) -> Self {
        Self {
            reason: error.to_string(),
            outcome: error.into(),
        }
    }
}

/// Sends requests as they are.
#[derive(Debug)]
pub struct AsTheyAre;

impl Sender for AsTheyAre {
    fn send<'a>(
        &'a self,
        client: &'a HttpClient,
        request: HttpRequest,
        body: Bytes,
    ) -> BoxFuture<'a, Result<HttpResponse, SendError>> {
        Box::pin(async move {
            let attempt = client
                .request(request.method, &request.url)
                .headers(request.headers)
                .body(body);
            Ok(client.send(attempt).await?)
        })
    }

    fn adds_credentials(&self) -> bool {
        false
    }
}

/// Sends each batch as one request.
pub struct HttpTransport<E> {
    client: HttpClient,
    parts: HttpParts<E>,
    body_headers: HeaderMap,
    confirm: Option<Box<dyn Confirm>>,
}

impl<E: Encoder> HttpTransport<E> {
    /// Opens no connection yet.
    ///
    /// # Errors
    ///
    /// When a setting of the connection cannot be used.
    pub fn new(parts: HttpParts<E>) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let mut body_headers = HeaderMap::new();
        body_headers.insert(CONTENT_TYPE, HeaderValue::from_static(parts.content_type));
        if let Some(name) = parts.codec.name {
            body_headers.insert(CONTENT_ENCODING, HeaderValue::from_static(name));
        }
        Ok(Self {
            client: HttpClient::connected(parts.attempt_timeout, &parts.connection)?,
            parts,
            body_headers,
            confirm: None,
        })
    }

    /// The same, whose batches are delivered when `confirm` says so.
    #[must_use]
    pub fn confirmed_by(mut self, confirm: Option<impl Confirm + 'static>) -> Self {
        self.confirm = confirm.map(|confirm| Box::new(confirm) as Box<dyn Confirm>);
        self
    }

    /// The request that carries these records, its body excepted.
    ///
    /// # Errors
    ///
    /// [`RequestError`] when what the records share does not fit into it.
    pub fn request(&self, records: &[Record]) -> Result<HttpRequest, RequestError> {
        let mut request = match &self.parts.requests {
            Requests::Same(request) => request.as_ref().clone(),
            Requests::Each(make) => make(&Shared::of(records))?,
        };
        request.headers.extend(self.body_headers.clone());
        Ok(request)
    }

    /// The health check.
    #[must_use]
    pub fn health(&self) -> Option<&HealthCheck> {
        self.parts.health.as_ref()
    }

    /// What an answer means for the events of its request.
    #[must_use]
    pub fn classify(&self, response: &HttpResponse, events: usize) -> Outcome {
        (self.parts.classify)(&Answer::new(response, self.parts.places, events))
    }

    /// The body as it goes over the wire, made for the first attempt and kept for the next.
    fn body(&self, batch: &Batch) -> io::Result<Bytes> {
        if let Some(body) = batch.body.get() {
            return Ok(body.clone());
        }
        let write = |out: &mut dyn Write| self.parts.encoder.write_payload(&batch.records, out);
        let body = (self.parts.codec.compress)(&write)?;
        Ok(batch.body.get_or_init(|| body).clone())
    }

    async fn attempt(&self, batch: &Batch) -> Outcome {
        let (body, request) = match (self.body(batch), self.request(&batch.records)) {
            (Ok(body), Ok(request)) => (body, request),
            (Err(error), _) => return unmade(&error),
            (_, Err(error)) => return unmade(&error),
        };
        let most = self.parts.max_wire_bytes;
        if let Some(most) = most.filter(|most| body.len() > *most) {
            let reason = format!("a body of {} bytes, {most} are taken", body.len());
            return Outcome::Split { reason };
        }
        let sent = self
            .confirm
            .as_ref()
            .map(|confirm| (confirm, request.clone()));
        let response = match self.ask(request, body).await {
            Ok(response) => response,
            Err(error) => return error.outcome,
        };
        match (self.classify(&response, batch.records.len()), sent) {
            (Outcome::Delivered, Some((confirm, sent))) => {
                let ask = |request, body| Box::pin(self.ask(request, body)) as BoxFuture<'_, _>;
                confirm.confirm(sent, response, Box::new(ask)).await
            }
            (Outcome::Paused { reason }, _) => Outcome::Paused {
                reason: self.parts.settings.told(response.status, reason),
            },
            (outcome, _) => outcome,
        }
    }

    /// Sends a request; the body of the answer quotes no secret.
    async fn ask(&self, request: HttpRequest, body: Bytes) -> Result<HttpResponse, SendError> {
        let secrets = request.secrets.clone();
        let mut response = self.parts.sender.send(&self.client, request, body).await?;
        if !response.body.is_empty() {
            let secrets = secrets.iter().chain(&self.parts.connection.proxy);
            let secrets: Vec<String> = secrets
                .flat_map(|secret| scrub::parts(secret.expose()))
                .collect();
            Scrubber::new(secrets.iter().map(String::as_str)).clean(&mut response.body);
        }
        Ok(response)
    }

    /// A request like those to come, where it does not take events to make one.
    fn example(&self) -> Option<HttpRequest> {
        match &self.parts.requests {
            Requests::Same(request) => Some(request.as_ref().clone()),
            Requests::Each(make) => make(&Shared::of(&[])).ok(),
        }
    }
}

impl<E: Encoder> Transport for HttpTransport<E> {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(self.attempt(batch))
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async move {
            let Some(check) = self.health() else {
                // Nothing that costs nothing can be asked; the first batch tells.
                return Ok(());
            };
            let body = Bytes::from_static(check.body.as_bytes());
            let answer = self.ask(check.request.clone(), body);
            let response = answer
                .await
                .map_err(|error| HealthError::new(error.reason))?;
            if (check.is_healthy)(response.status) {
                return Ok(());
            }
            let answer = Answer::new(&response, self.parts.places, 0);
            let reason = answer.reason();
            Err(HealthError::new(
                self.parts.settings.told(response.status, reason),
            ))
        })
    }

    fn confirms_within(&self) -> Duration {
        self.confirm
            .as_ref()
            .map_or(Duration::ZERO, |confirm| confirm.longest())
    }

    fn shows_credentials(&self) -> bool {
        self.example().is_some_and(|request| {
            let has_some = self.parts.sender.adds_credentials() || !request.secrets.is_empty();
            has_some && is_plain(&request.url)
        })
    }
}

fn unmade(error: &dyn Error) -> Outcome {
    Outcome::Rejected {
        reason: error.to_string(),
    }
}
