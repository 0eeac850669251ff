//! Where Sumo Logic takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError, Shared};
use super::super::cloud_sink_parts::{gzip, zstd};
use super::config::{Compression, SumoLogicSinkConfig};
use super::encoder::SumoLogicEncoder;

/// Sends each batch as one request.
pub type SumoLogicTransport = HttpTransport<SumoLogicEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &SumoLogicSinkConfig,
    encoder: Arc<SumoLogicEncoder>,
) -> Result<SumoLogicTransport, Box<dyn Error + Send + Sync>> {
    let settings = config.clone();
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "text/plain; charset=utf-8",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::Zstd => zstd::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Each(Box::new(move |shared| request(&settings, shared))),
        // Sumo Logic has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &SumoLogicSinkConfig, shared: &Shared) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.header("X-Sumo-Category", &[&shared.value(0)]);
    request.header("X-Sumo-Host", &[&config.host]);
    request.header("X-Sumo-Name", &[&config.name]);
    request.header("X-Sumo-Fields", &[&config.fields]);
    request.header("X-Sumo-Client", &[&"fapilog"]);
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
        200 => answer.delivered(),
        // Some event is not understood and the answer does not name it.
        400 | 422 => answer.bisect(),
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
