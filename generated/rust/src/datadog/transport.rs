//! Where Datadog takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{gzip, zstd};
use super::config::{Compression, DatadogSinkConfig};
use super::encoder::DatadogEncoder;

/// Sends each batch as one request.
pub type DatadogTransport = HttpTransport<DatadogEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &DatadogSinkConfig,
    encoder: Arc<DatadogEncoder>,
) -> Result<DatadogTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::Zstd => zstd::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        health: Some(HealthCheck {
            request: health_request(config)?,
            body: "",
            is_healthy: |status| matches!(status, 200),
        }),
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &DatadogSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(
        Method::POST,
        &[&"https://http-intake.logs.", &config.site.as_str()],
    );
    request.replace_base(&config.url);
    request.path("/api/v2/logs");
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &DatadogSinkConfig) {
    request.header("DD-API-KEY", &[&config.api_key]);
}

/// The request that asks whether the provider would answer.
fn health_request(config: &DatadogSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&"https://api.", &config.site.as_str()]);
    request.replace_base(&config.url);
    request.path("/api/v1/validate");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
const PLACES: Places = Places {
    error_text: Some("/errors/0/detail"),
    ..Places::USUAL
};

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        // Accepted for processing; indexing follows.
        202 => answer.delivered(),
        // Some event is not understood and the answer does not name it.
        400 => answer.bisect(),
        // Key missing, invalid, or of another site. The events are fine and are kept.
        401 | 403 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        300..=399 | 404 => answer.paused(),
        // The intake gave up waiting for the body.
        408 => answer.transient(),
        // Over 5 MB uncompressed.
        413 => answer.split(),
        // Too many requests.
        429 => answer.throttled(),
        // Trouble at Datadog.
        500..=599 => answer.transient(),
        // Some event is not understood and the answer does not name it.
        422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 407 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        405 => answer.paused(),
        // The request took too long to arrive.
        425 => answer.transient(),
        _ => answer.paused(),
    }
}
