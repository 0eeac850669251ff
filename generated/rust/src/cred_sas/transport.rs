//! Where Cred `cred_sas` takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::authorized::{self, Authorized};
use super::super::cloud_sink_parts::credentials::{CredentialsContext, CredentialsError};
use super::super::cloud_sink_parts::http_transport::{
    HttpParts, HttpTransport, Requests, Sender, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::sas::{self, SasOptions};
use super::config::CredSasSinkConfig;
use super::encoder::CredSasEncoder;

/// Sends each batch as one request.
pub type CredSasTransport = HttpTransport<CredSasEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &CredSasSinkConfig,
    encoder: Arc<CredSasEncoder>,
) -> Result<CredSasTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: UNCOMPRESSED,
        requests: Requests::Same(request(config)?),
        // Cred cred_sas has no check that costs nothing; the first batch tells.
        health: None,
        sender: sender(config)?,
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// Sends requests with credentials that are fetched or computed then.
fn sender(config: &CredSasSinkConfig) -> Result<Arc<dyn Sender>, CredentialsError> {
    let context = CredentialsContext::new(config.delivery.attempt_timeout);
    let options = SasOptions {
        resource: authorized::text(&[&"https://ns.servicebus.windows.net/", &config.hub]),
        key_name: authorized::text(&[&config.key_name]),
        key: authorized::secret(&config.key),
    };
    let credentials = sas::credentials(options, &context);
    Ok(Arc::new(Authorized(credentials)))
}

/// The request that carries a batch, its body excepted.
fn request(config: &CredSasSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&"https://logs.minimal.example"]);
    request.replace_base(&config.url);
    request.path("/v1/logs");
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
        // Stored.
        200..=299 => answer.delivered(),
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
