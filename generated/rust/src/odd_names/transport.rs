//! Where Odd Names takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, TimeFormat, all_set};
use super::super::cloud_sink_parts::answer::{Answer, Places};
use super::super::cloud_sink_parts::basic_auth;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError, Shared};
use super::config::OddNamesSinkConfig;
use super::encoder::OddNamesEncoder;

/// Sends each batch as one request.
pub type OddNamesTransport = HttpTransport<OddNamesEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &OddNamesSinkConfig,
    encoder: Arc<OddNamesEncoder>,
) -> Result<OddNamesTransport, Box<dyn Error + Send + Sync>> {
    let settings = config.clone();
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/json",
        codec: UNCOMPRESSED,
        requests: Requests::Each(Box::new(move |shared| request(&settings, shared))),
        // Odd Names has no check that costs nothing; the first batch tells.
        health: None,
        sender: Arc::new(AsTheyAre),
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// The request that carries a batch, its body excepted.
fn request(config: &OddNamesSinkConfig, shared: &Shared) -> Result<HttpRequest, RequestError> {
    let mut request =
        RequestBuilder::new(Method::POST, &[&"https://", &config.kind, &".odd.example"]);
    request.replace_base(&config.url);
    request.path("/v1/");
    request.hole(&config.fields);
    request.path("/a b/");
    request.hole(&config.config);
    request.path("/");
    request.hole(&config.request);
    request.path("/");
    request.hole(&config.event);
    request.path("/");
    request.hole(&config.matches);
    request.path("/");
    request.hole(&config.out);
    request.query("n", &[&config.errors]);
    request.query("list", &[&config.streams]);
    request.query("when", &[&shared.now(TimeFormat::UnixMillis)]);
    request.query("a&b", &[&"c#d"]);
    request.query("label", &[&"x-", &config.label]);
    request.query("rec", &[&config.record]);
    request.query("enc", &[&config.encoder]);
    request.header("X-Num", &[&config.config]);
    request.header("X-Opt", &[&config.label, &"-", &config.errors]);
    request.header("X-Enum", &[&config.encoder]);
    request.each_header(&config.extra);
    request.header("X-Part", &[&shared.value(0)]);
    if all_set(&[&config.key]) {
        request.named_header(&[&config.fields], &[&config.key]);
    } else if all_set(&[&config.user]) {
        request.header(
            "Authorization",
            &[&basic_auth::credentials(&config.user, &"")],
        );
    }
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
