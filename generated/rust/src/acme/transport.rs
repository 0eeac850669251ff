//! Where Acme Logs takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, CodePlace, Codes, Places, Says};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{AcmeSinkConfig, Compression};
use super::encoder::AcmeEncoder;

/// Sends each batch as one request.
pub type AcmeTransport = HttpTransport<AcmeEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &AcmeSinkConfig,
    encoder: Arc<AcmeEncoder>,
) -> Result<AcmeTransport, Box<dyn Error + Send + Sync>> {
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
fn request(config: &AcmeSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(
        Method::POST,
        &[&"https://logs.", &config.site, &".acme.example"],
    );
    request.replace_base(&config.url);
    request.path("/v1/logs");
    request.query("region", &[&config.site]);
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &AcmeSinkConfig) {
    request.header("X-Acme-Client", &[&"fapilog"]);
    request.header("X-Acme-Key", &[&config.api_key]);
}

/// The request that asks whether the provider would answer.
fn health_request(config: &AcmeSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(
        Method::GET,
        &[&"https://logs.", &config.site, &".acme.example"],
    );
    request.replace_base(&config.url);
    request.path("/v1/ping");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/message"),
    code: CodePlace::Body("/code"),
    ..Places::USUAL
};

/// What the rule asks for besides the status.
const RULE_2: Says = Says {
    code: Codes {
        words: &["E_RATE"],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Position("/results"),
    code: "/status",
    error: None,
    delivered: Codes {
        ranges: &[200..=299],
        ..Codes::NONE
    },
    retryable: Codes {
        numbers: &[429],
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
        202 => answer.items(&ITEMS),
        400 if answer.says(&RULE_2) => answer.throttled(),
        400 => answer.bisect(),
        401 | 403 => answer.paused(),
        413 => answer.split(),
        429 => answer.throttled(),
        500..=599 => answer.transient(),
        // Some event is not understood and the answer does not name it.
        422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 407 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        300..=399 | 404 | 405 => answer.paused(),
        // The request took too long to arrive.
        408 | 425 => answer.transient(),
        _ => answer.paused(),
    }
}
