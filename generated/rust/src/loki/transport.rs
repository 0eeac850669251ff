//! One attempt at Grafana Loki, and what its answers mean.

use std::error::Error;
use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use reqwest::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Method, Url};

use super::super::cloud_sink_base::{
    Batch, BoxFuture, Encoder, HealthError, Outcome, Secret, Transport,
};
use super::super::cloud_sink_parts::http::{self, HttpClient, HttpResponse};
use super::super::cloud_sink_parts::{basic_auth, gzip};
use super::config::{Compression, LokiSinkConfig};
use super::encoder::LokiEncoder;

/// Sends each batch as one request.
pub struct LokiTransport {
    client: HttpClient,
    encoder: Arc<LokiEncoder>,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) health_url: Url,
    health_headers: HeaderMap,
    compression: Compression,
}

impl LokiTransport {
    /// A transport for these settings; opens no connection yet.
    ///
    /// # Errors
    ///
    /// When a setting does not fit into a URL or a header, or TLS cannot be set up.
    pub fn new(
        config: &LokiSinkConfig,
        encoder: Arc<LokiEncoder>,
    ) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let health_headers = common_headers(config)?;
        let mut headers = health_headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if config.compression != Compression::None {
            let encoding = HeaderValue::from_static(config.compression.as_str());
            headers.insert(CONTENT_ENCODING, encoding);
        }
        Ok(Self {
            client: HttpClient::new(config.delivery.attempt_timeout)?,
            encoder,
            url: Url::parse(&ingest_url(config))?,
            headers,
            health_url: Url::parse(&health_url(config))?,
            health_headers,
            compression: config.compression,
        })
    }

    /// The body as it goes over the wire, made for the first attempt and kept for the next.
    fn body(&self, batch: &Batch) -> io::Result<Bytes> {
        if let Some(body) = batch.body.get() {
            return Ok(body.clone());
        }
        let write = |out: &mut dyn Write| self.encoder.write_payload(&batch.records, out);
        let body = match self.compression {
            Compression::Gzip => gzip::compress(write)?,
            Compression::None => http::uncompressed(write)?,
        };
        Ok(batch.body.get_or_init(|| body).clone())
    }
}

impl Transport for LokiTransport {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            let body = match self.body(batch) {
                Ok(body) => body,
                Err(error) => {
                    let reason = format!("cannot make the body: {error}");
                    return Outcome::Rejected { reason };
                }
            };
            let request = self
                .client
                .request(Method::POST, &self.url)
                .headers(self.headers.clone())
                .body(body);
            match self.client.send(request).await {
                Ok(response) => classify(&response),
                Err(error) => error.into(),
            }
        })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async move {
            let request = self
                .client
                .request(Method::GET, &self.health_url)
                .headers(self.health_headers.clone());
            let response = self.client.send(request).await?;
            match response.status {
                200 => Ok(()),
                _ => Err(HealthError::new(http::reason(&response))),
            }
        })
    }
}

/// Where batches go.
fn ingest_url(config: &LokiSinkConfig) -> String {
    let base = config.url.trim_end_matches('/');
    format!("{base}/loki/api/v1/push")
}

/// Where the health check goes.
fn health_url(config: &LokiSinkConfig) -> String {
    let base = config.url.trim_end_matches('/');
    format!("{base}/ready")
}

/// Headers of every request, credentials included.
fn common_headers(config: &LokiSinkConfig) -> Result<HeaderMap, Box<dyn Error + Send + Sync>> {
    let mut headers = HeaderMap::new();
    if let Some(tenant_id) = &config.tenant_id {
        http::set_header(&mut headers, "x-scope-orgid", "tenant_id", tenant_id)?;
    }
    if let Some(bearer_token) = &config.bearer_token {
        let value = format!("Bearer {}", bearer_token.expose());
        http::set_secret_header(&mut headers, "authorization", "bearer_token", &value)?;
    } else if let Some(username) = &config.username {
        let password = config.password.as_ref().map_or("", Secret::expose);
        let value = basic_auth::value(username, password);
        http::set_secret_header(&mut headers, "authorization", "username", &value)?;
    }
    Ok(headers)
}

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(response: &HttpResponse) -> Outcome {
    let reason = || http::reason(response);
    match response.status {
        // Stored, or an exact duplicate of what is stored.
        204 => Outcome::Delivered,
        // A 2xx that stores nothing. The operator has blocked ingestion
        // (`blockIngestionStatusCode`, 260 unless changed) and the data is discarded.
        200 | 260 => Outcome::Rejected { reason: reason() },
        // Some entries are refused and the rest is stored, without naming which. Sending halves
        // again is harmless, because Loki drops exact duplicates.
        400 => Outcome::Bisect { reason: reason() },
        // No tenant, or the gateway refuses the credentials.
        401 | 403 => Outcome::Paused { reason: reason() },
        // The address is wrong; a redirect is never followed.
        300..=399 | 404 | 405 => Outcome::Paused { reason: reason() },
        // A gateway gave up waiting.
        408 => Outcome::Transient {
            retry_after: http::retry_after(response, "retry-after"),
            reason: reason(),
        },
        // Over the limit of Loki or of the gateway.
        413 => Outcome::Split { reason: reason() },
        // Over the tenant's or the stream's rate, or too many streams. Loki sends no Retry-After,
        // and may have stored a part.
        429 => Outcome::Throttled {
            retry_after: http::retry_after(response, "retry-after"),
            reason: reason(),
        },
        // Trouble at Loki.
        500..=599 => Outcome::Transient {
            retry_after: http::retry_after(response, "retry-after"),
            reason: reason(),
        },
        _ => Outcome::Rejected { reason: reason() },
    }
}
