//! Where Axiom takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, CodePlace, Codes, Places, RetryAfter, Says};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{gzip, zstd};
use super::config::{AxiomCodeSinkConfig, Compression};
use super::encoder::AxiomCodeEncoder;

/// Sends each batch as one request.
pub type AxiomCodeTransport = HttpTransport<AxiomCodeEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &AxiomCodeSinkConfig,
    encoder: Arc<AxiomCodeEncoder>,
) -> Result<AxiomCodeTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/x-ndjson",
        codec: match config.compression {
            Compression::Zstd => zstd::CODEC,
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        // Axiom has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &AxiomCodeSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&"https://api.axiom.co"]);
    request.replace_base(&config.url);
    request.path("/v1/datasets/");
    request.hole(&config.dataset);
    request.path("/ingest");
    request.query("timestamp-field", &[&"_time"]);
    request.header("X-Axiom-Org-Id", &[&config.org_id]);
    request.header("Authorization", &[&"Bearer ", &config.token]);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/message"),
    code: CodePlace::Body("/failed"),
    retry_after: RetryAfter::EpochSeconds("x-ratelimit-reset"),
};

/// What the rule asks for besides the status.
const RULE_1: Says = Says {
    code: Codes {
        numbers: &[0],
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
        200 if answer.says(&RULE_1) => answer.delivered(),
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
