//! Where Elasticsearch takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Codes, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{basic_auth, gzip};
use super::config::{Compression, ElasticsearchSinkConfig};
use super::encoder::ElasticsearchEncoder;

/// Sends each batch as one request.
pub type ElasticsearchTransport = HttpTransport<ElasticsearchEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &ElasticsearchSinkConfig,
    encoder: Arc<ElasticsearchEncoder>,
) -> Result<ElasticsearchTransport, Box<dyn Error + Send + Sync>> {
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
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &ElasticsearchSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/_bulk");
    request.query(
        "filter_path",
        &[&"took,errors,items.*.status,items.*.error,items.*.failure_store"],
    );
    request.query("pipeline", &[&config.pipeline]);
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &ElasticsearchSinkConfig) {
    if all_set(&[&config.api_key]) {
        request.header("Authorization", &[&"ApiKey ", &config.api_key]);
    } else if all_set(&[&config.username]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.username, &config.password)],
        );
    }
}

/// The request that asks whether the provider would answer.
fn health_request(config: &ElasticsearchSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&config.url]);
    request.path("/");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
const PLACES: Places = Places {
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
        numbers: &[403, 429],
        ranges: &[500..=599],
        ..Codes::NONE
    },
    refused_when: Some(("/create/failure_store", "used")),
};

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        // Says nothing by itself; every document has a status of its own.
        200 => answer.items(&ITEMS),
        // A line is not valid JSON.
        400 => answer.bisect(),
        // Wrong credentials, or the `create_doc` privilege is missing.
        401 | 403 => answer.paused(),
        // The address is wrong.
        300..=399 | 404 | 405 => answer.paused(),
        413 => answer.split(),
        429 => answer.throttled(),
        408 | 500..=599 => answer.transient(),
        // Some event is not understood and the answer does not name it.
        422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 407 => answer.paused(),
        // The request took too long to arrive.
        425 => answer.transient(),
        _ => answer.paused(),
    }
}
