//! Where OTLP over HTTP takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, CodePlace, Codes, Places, Says};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{Compression, OtlpJsonSinkConfig};
use super::encoder::OtlpJsonEncoder;

/// Sends each batch as one request.
pub type OtlpJsonTransport = HttpTransport<OtlpJsonEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &OtlpJsonSinkConfig,
    encoder: Arc<OtlpJsonEncoder>,
) -> Result<OtlpJsonTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        // OTLP over HTTP has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &OtlpJsonSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/v1/logs");
    request.each_header(&config.headers);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/message"),
    code: CodePlace::Body("/partialSuccess/rejectedLogRecords"),
    ..Places::USUAL
};

/// The collector dropped some and does not say which.
const RULE_1: Says = Says {
    code: Codes {
        ranges: &[1..=9223372036854775807],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        200..=204 if answer.says(&RULE_1) => answer.uncertain(),
        200..=204 => answer.delivered(),
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
