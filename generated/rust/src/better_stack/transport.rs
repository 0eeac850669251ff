//! Where Better Stack takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{BetterStackSinkConfig, Compression};
use super::encoder::BetterStackEncoder;

/// Sends each batch as one request.
pub type BetterStackTransport = HttpTransport<BetterStackEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &BetterStackSinkConfig,
    encoder: Arc<BetterStackEncoder>,
) -> Result<BetterStackTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::None => UNCOMPRESSED,
            Compression::Gzip => gzip::CODEC,
        },
        requests: Requests::Same(request(config)?),
        // Better Stack has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &BetterStackSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&"https://", &config.host]);
    request.replace_base(&config.url);
    request.path("/");
    request.header("Authorization", &[&"Bearer ", &config.source_token]);
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
        406 => answer.bisect(),
        402 | 401 | 403 | 404 | 300..=399 => answer.paused(),
        // Some event is not understood and the answer does not name it.
        400 | 422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        407 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        405 => answer.paused(),
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
