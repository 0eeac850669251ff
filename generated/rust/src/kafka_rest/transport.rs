//! Where Kafka REST proxy takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Codes, Places};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{basic_auth, gzip};
use super::config::{Compression, KafkaRestSinkConfig};
use super::encoder::KafkaRestEncoder;

/// Sends each batch as one request.
pub type KafkaRestTransport = HttpTransport<KafkaRestEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &KafkaRestSinkConfig,
    encoder: Arc<KafkaRestEncoder>,
) -> Result<KafkaRestTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/vnd.kafka.json.v2+json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        // Kafka REST proxy has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &KafkaRestSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/topics/");
    request.hole(&config.topic);
    request.header("Accept", &[&"application/vnd.kafka.v2+json"]);
    if all_set(&[&config.username]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.username, &config.password)],
        );
    }
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places::USUAL;

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Position("/offsets"),
    code: "/error_code",
    error: Some("/error"),
    delivered: Codes {
        absent: true,
        ..Codes::NONE
    },
    retryable: Codes {
        ranges: &[50003..=50099],
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
