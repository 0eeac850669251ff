//! Where Grafana Loki takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Places, Says};
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::named_settings::NamedSettings;
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::{basic_auth, gzip};
use super::config::{Compression, LokiSinkConfig};
use super::encoder::LokiEncoder;

/// Sends each batch as one request.
pub type LokiTransport = HttpTransport<LokiEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &LokiSinkConfig,
    encoder: Arc<LokiEncoder>,
) -> Result<LokiTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(Box::new(request(config)?)),
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
        connection: config.connection.clone(),
        settings: NamedSettings {
            credentials: &["bearer_token", "username", "password"],
            place: &["url"],
        },
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &LokiSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.without_path("/loki/api/v1/push");
    request.path("/loki/api/v1/push");
    add_headers(&mut request, config);
    request.finish()
}

/// Headers of every request, credentials included.
fn add_headers(request: &mut RequestBuilder, config: &LokiSinkConfig) {
    request.header("X-Scope-OrgID", &[&config.tenant_id]);
    if all_set(&[&config.bearer_token]) {
        request.header("Authorization", &[&"Bearer ", &config.bearer_token]);
    } else if all_set(&[&config.username]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.username, &config.password)],
        );
    }
}

/// The request that asks whether the provider would answer.
fn health_request(config: &LokiSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&config.url]);
    request.without_path("/loki/api/v1/push");
    request.path("/ready");
    add_headers(&mut request, config);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places::USUAL;

/// The same, where the operator has set the status to 200.
const RULE_3: Says = Says {
    text: &["blocked"],
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
        // Stored, or an exact duplicate of what is stored.
        204 => answer.delivered(),
        // The operator has blocked ingestion for the tenant (`blockIngestionStatusCode`), and Loki
        // discards what is sent. Nothing is wrong with the events.
        260 => answer.paused(),
        200 if answer.says(&RULE_3) => answer.paused(),
        // Loki answers 204; stores that speak its push API answer 200.
        200 => answer.delivered(),
        // Some entries are refused and the rest is stored, without naming which. Sending halves
        // again is harmless, because Loki drops exact duplicates.
        400 => answer.bisect(),
        // No tenant, or the gateway refuses the credentials.
        401 | 403 => answer.paused(),
        // The address is wrong; a redirect is never followed.
        300..=399 | 404 | 405 => answer.paused(),
        // A gateway gave up waiting.
        408 => answer.transient(),
        // Over the limit of Loki or of the gateway.
        413 => answer.split(),
        // No streams in the request.
        422 => answer.rejected(),
        // Over the tenant's or the stream's rate, or too many streams. Loki sends no Retry-After,
        // and may have stored a part.
        429 => answer.throttled(),
        // Trouble at Loki.
        500..=599 => answer.transient(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 407 => answer.paused(),
        // The request took too long to arrive.
        425 => answer.transient(),
        _ => answer.paused(),
    }
}
