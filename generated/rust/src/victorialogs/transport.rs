//! Where `VictoriaLogs` takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{basic_auth, gzip, zstd};
use super::config::{Compression, VictorialogsSinkConfig};
use super::encoder::VictorialogsEncoder;

/// Sends each batch as one request.
pub type VictorialogsTransport = HttpTransport<VictorialogsEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &VictorialogsSinkConfig,
    encoder: Arc<VictorialogsEncoder>,
) -> Result<VictorialogsTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/stream+json",
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
fn request(config: &VictorialogsSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/insert/jsonline");
    request.query("_msg_field", &[&"message"]);
    request.query("_time_field", &[&"timestamp"]);
    request.query("_stream_fields", &[&config.stream_fields]);
    request.query("extra_fields", &[&config.extra_fields]);
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &VictorialogsSinkConfig) {
    request.header("AccountID", &[&config.account_id]);
    request.header("ProjectID", &[&config.project_id]);
    if all_set(&[&config.username]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.username, &config.password)],
        );
    }
}

/// The request that asks whether the provider would answer.
fn health_request(config: &VictorialogsSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&config.url]);
    request.path("/health");
    add_headers(&mut request, config);
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
        200..=299 => answer.delivered(),
        400 => answer.rejected(),
        // Some event is not understood and the answer does not name it.
        422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        401..=403 | 407 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        300..=399 | 404 | 405 => answer.paused(),
        // The request took too long to arrive.
        408 | 425 => answer.transient(),
        // The request is too large.
        413 => answer.split(),
        // Too many requests.
        429 => answer.throttled(),
        // Trouble at the provider.
        500..=599 => answer.transient(),
        _ => answer.paused(),
    }
}
