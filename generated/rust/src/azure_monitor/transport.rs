//! Where Azure Monitor takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, filled};
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::authorized::{self, Authorized};
use super::super::cloud_sink_parts::azure::{self, AzureIdentity, AzureOptions};
use super::super::cloud_sink_parts::credentials::{CredentialsContext, CredentialsError};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    HttpParts, HttpTransport, Requests, Sender, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{AzureMonitorSinkConfig, Compression};
use super::encoder::AzureMonitorEncoder;

/// Sends each batch as one request.
pub type AzureMonitorTransport = HttpTransport<AzureMonitorEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &AzureMonitorSinkConfig,
    encoder: Arc<AzureMonitorEncoder>,
) -> Result<AzureMonitorTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: match config.compression {
            Compression::Gzip => gzip::CODEC,
            Compression::None => UNCOMPRESSED,
        },
        requests: Requests::Same(request(config)?),
        // Azure Monitor has no check that costs nothing; the first batch tells.
        health: None,
        sender: sender(config)?,
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// Sends requests with credentials that are fetched or computed then.
fn sender(config: &AzureMonitorSinkConfig) -> Result<Arc<dyn Sender>, CredentialsError> {
    let context = CredentialsContext::new(config.delivery.attempt_timeout);
    let options = AzureOptions {
        setting: "client_secret",
        identity: AzureIdentity::of(
            filled(&[&config.tenant_id]),
            filled(&[&config.client_id]),
            authorized::optional_secret(&config.client_secret),
        ),
        scope: "https://monitor.azure.com/.default".to_owned(),
        authority: None,
    };
    let credentials = azure::credentials(options, &context)?;
    Ok(Arc::new(Authorized(credentials)))
}

/// The request that carries a batch, its body excepted.
fn request(config: &AzureMonitorSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/dataCollectionRules/");
    request.hole(&config.rule_id);
    request.path("/streams/");
    request.hole(&config.stream);
    request.query("api-version", &[&"2023-01-01"]);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/error/message"),
    ..Places::USUAL
};

/// What an answer means for the events of its request.
#[must_use]
#[expect(
    clippy::match_same_arms,
    reason = "one arm for each row of the provider's table"
)]
pub fn classify(answer: &Answer<'_>) -> Outcome {
    match answer.status() {
        204 => answer.delivered(),
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
