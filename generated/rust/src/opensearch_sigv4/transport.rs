//! Where `OpenSearch` takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set, filled};
use super::super::cloud_sink_parts::answer::{Answer, Codes, Places};
use super::super::cloud_sink_parts::authorized::{self, Authorized};
use super::super::cloud_sink_parts::credentials::{CredentialsContext, CredentialsError};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, Sender, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::sigv4::{self, SigV4Options};
use super::super::cloud_sink_parts::{basic_auth, gzip};
use super::config::{Compression, OpensearchSigv4SinkConfig};
use super::encoder::OpensearchSigv4Encoder;

/// Sends each batch as one request.
pub type OpensearchSigv4Transport = HttpTransport<OpensearchSigv4Encoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &OpensearchSigv4SinkConfig,
    encoder: Arc<OpensearchSigv4Encoder>,
) -> Result<OpensearchSigv4Transport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/x-ndjson",
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
        sender: sender(config)?,
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// Sends requests with credentials that are fetched or computed then.
fn sender(config: &OpensearchSigv4SinkConfig) -> Result<Arc<dyn Sender>, CredentialsError> {
    let context = CredentialsContext::new(config.delivery.attempt_timeout);
    if all_set(&[&config.region]) {
        let options = SigV4Options {
            service: authorized::text(&[&"es"]),
            region: filled(&[&config.region]),
            sends_body_hash: true,
            provider: None,
        };
        let credentials = sigv4::SigV4Credentials::new(options, &context);
        return Ok(Arc::new(Authorized(credentials)));
    }
    Ok(Arc::new(AsTheyAre))
}

/// The request that carries a batch, its body excepted.
fn request(config: &OpensearchSigv4SinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/");
    request.hole(&config.data_stream);
    request.path("/_bulk");
    request.query("filter_path", &[&"errors,items.*.status,items.*.error"]);
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &OpensearchSigv4SinkConfig) {
    if all_set(&[&config.region]) {
        // They are put into the request elsewhere.
    } else if all_set(&[&config.username]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.username, &config.password)],
        );
    }
}

/// The request that asks whether the provider would answer.
fn health_request(config: &OpensearchSigv4SinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&config.url]);
    request.path("/");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/error/reason"),
    ..Places::USUAL
};

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Position("/items"),
    code: "/create/status",
    error: Some("/create/error/reason"),
    delivered: Codes {
        numbers: &[200, 201, 409],
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
        200 => answer.items(&ITEMS),
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
