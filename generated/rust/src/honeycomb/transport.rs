//! Where Honeycomb takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, Codes, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{gzip, zstd};
use super::config::{Compression, HoneycombSinkConfig};
use super::encoder::HoneycombEncoder;

/// Sends each batch as one request.
pub type HoneycombTransport = HttpTransport<HoneycombEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &HoneycombSinkConfig,
    encoder: Arc<HoneycombEncoder>,
) -> Result<HoneycombTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Zstd => zstd::CODEC,
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
fn request(config: &HoneycombSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&"https://", &config.region.as_str()]);
    request.replace_base(&config.url);
    request.path("/1/batch/");
    request.hole(&config.dataset);
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &HoneycombSinkConfig) {
    request.header("X-Honeycomb-Team", &[&config.api_key]);
}

/// The request that asks whether the provider would answer.
fn health_request(config: &HoneycombSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&"https://", &config.region.as_str()]);
    request.replace_base(&config.url);
    request.path("/1/auth");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
const PLACES: Places = Places {
    error_text: Some("/error"),
    ..Places::USUAL
};

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Position(""),
    code: "/status",
    error: Some("/error"),
    delivered: Codes {
        numbers: &[202],
        ..Codes::NONE
    },
    retryable: Codes {
        numbers: &[429],
        ranges: &[500..=599],
        ..Codes::NONE
    },
    refused_when: None,
};

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        // One result per event, in the order sent.
        200 => answer.items(&ITEMS),
        // Malformed, or the body is too large.
        400 => answer.bisect(),
        // Wrong key.
        401 => answer.paused(),
        // Throttled by an administrator; nothing is wrong with the events.
        403 => answer.paused(),
        // Unknown dataset that the key may not create, or a wrong address.
        300..=399 | 404 => answer.paused(),
        413 => answer.split(),
        // Honeycomb sends no Retry-After on this endpoint.
        429 => answer.throttled(),
        408 | 500..=599 => answer.transient(),
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
