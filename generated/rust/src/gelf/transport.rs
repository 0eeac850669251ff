//! Where Graylog GELF over HTTP takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{Compression, GelfSinkConfig};
use super::encoder::GelfEncoder;

/// Sends each batch as one request.
pub type GelfTransport = HttpTransport<GelfEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &GelfSinkConfig,
    encoder: Arc<GelfEncoder>,
) -> Result<GelfTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
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
fn request(config: &GelfSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/gelf");
    if all_set(&[&config.token]) {
        request.named_header(&[&config.token_header], &[&config.token]);
    }
    request.finish()
}

/// The request that asks whether the provider would answer.
fn health_request(config: &GelfSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::OPTIONS, &[&config.url]);
    request.path("/gelf");
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places::USUAL;

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        202 => answer.delivered(),
        401 | 404 | 405 | 300..=399 => answer.paused(),
        413 => answer.rejected(),
        // Some event is not understood and the answer does not name it.
        400 | 422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 403 | 407 => answer.paused(),
        // The request took too long to arrive.
        408 | 425 => answer.transient(),
        // Too many requests.
        429 => answer.throttled(),
        // Trouble at the provider.
        500..=599 => answer.transient(),
        _ => answer.paused(),
    }
}
