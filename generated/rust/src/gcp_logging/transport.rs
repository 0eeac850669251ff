//! Where Google Cloud Logging takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, all_set, filled};
use super::super::cloud_sink_parts::answer::{Answer, Codes, Places, Says};
use super::super::cloud_sink_parts::authorized::Authorized;
use super::super::cloud_sink_parts::credentials::{CredentialsContext, CredentialsError};
use super::super::cloud_sink_parts::google::{self, GoogleKey, GoogleOptions};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, Sender, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{Compression, GcpLoggingSinkConfig};
use super::encoder::GcpLoggingEncoder;

/// Sends each batch as one request.
pub type GcpLoggingTransport = HttpTransport<GcpLoggingEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &GcpLoggingSinkConfig,
    encoder: Arc<GcpLoggingEncoder>,
) -> Result<GcpLoggingTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        // Google Cloud Logging has no check that costs nothing; the first batch tells.
        health: None,
        sender: sender(config)?,
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// Sends requests with credentials that are fetched or computed then.
fn sender(config: &GcpLoggingSinkConfig) -> Result<Arc<dyn Sender>, CredentialsError> {
    let context = CredentialsContext::new(config.delivery.attempt_timeout);
    if all_set(&[&config.access_token]) {
        return Ok(Arc::new(AsTheyAre));
    }
    let options = GoogleOptions {
        setting: "credentials",
        key: filled(&[&config.credentials]).map(|path| GoogleKey::File(path.into())),
        scope: "https://www.googleapis.com/auth/logging.write".to_owned(),
    };
    let credentials = google::credentials(options, &context)?;
    Ok(Arc::new(Authorized(credentials)))
}

/// The request that carries a batch, its body excepted.
fn request(config: &GcpLoggingSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&"https://logging.googleapis.com"]);
    request.replace_base(&config.url);
    request.path("/v2/entries:write");
    if all_set(&[&config.access_token]) {
        request.header("Authorization", &[&"Bearer ", &config.access_token]);
    }
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/error/message"),
    ..Places::USUAL
};

/// What the rule asks for besides the status.
const RULE_2: Says = Says {
    text: &["logEntryErrors"],
    ..Says::ANYTHING
};

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Map("/error/details/0/logEntryErrors"),
    code: "/code",
    error: Some("/message"),
    delivered: Codes::NONE,
    retryable: Codes {
        numbers: &[4, 8, 10, 13, 14],
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
        200 => answer.delivered(),
        400 | 403 if answer.says(&RULE_2) => answer.items(&ITEMS),
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
