//! Where Amazon Data Firehose takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::{Outcome, filled};
use super::super::cloud_sink_parts::answer::{Answer, CodePlace, Codes, Places, Says};
use super::super::cloud_sink_parts::authorized::{self, Authorized};
use super::super::cloud_sink_parts::credentials::{CredentialsContext, CredentialsError};
use super::super::cloud_sink_parts::http_transport::{
    HttpParts, HttpTransport, Requests, Sender, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::items::{Items, ItemsBy};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::super::cloud_sink_parts::sigv4::{self, SigV4Options};
use super::config::FirehoseSinkConfig;
use super::encoder::FirehoseEncoder;

/// Sends each batch as one request.
pub type FirehoseTransport = HttpTransport<FirehoseEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &FirehoseSinkConfig,
    encoder: Arc<FirehoseEncoder>,
) -> Result<FirehoseTransport, Box<dyn Error + Send + Sync>> {
    HttpTransport::new(HttpParts {
        encoder,
        content_type: "application/x-amz-json-1.1",
        codec: UNCOMPRESSED,
        requests: Requests::Same(request(config)?),
        // Amazon Data Firehose has no check that costs nothing; the first batch tells.
        health: None,
        sender: sender(config)?,
        places: PLACES,
        classify,
        max_wire_bytes: None,
        attempt_timeout: config.delivery.attempt_timeout,
    })
}

/// Sends requests with credentials that are fetched or computed then.
fn sender(config: &FirehoseSinkConfig) -> Result<Arc<dyn Sender>, CredentialsError> {
    let context = CredentialsContext::new(config.delivery.attempt_timeout);
    let options = SigV4Options {
        service: authorized::text(&[&"firehose"]),
        region: filled(&[&config.region]),
        sends_body_hash: true,
        provider: None,
    };
    let credentials = sigv4::SigV4Credentials::new(options, &context);
    Ok(Arc::new(Authorized(credentials)))
}

/// The request that carries a batch, its body excepted.
fn request(config: &FirehoseSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(
        Method::POST,
        &[&"https://firehose.", &config.region, &".amazonaws.com"],
    );
    request.replace_base(&config.url);
    request.path("/");
    request.header("X-Amz-Target", &[&"Firehose_20150804.PutRecordBatch"]);
    request.finish()
}

/// Where answers say what.
pub(super) const PLACES: Places = Places {
    error_text: Some("/message"),
    code: CodePlace::Body("/__type"),
    ..Places::USUAL
};

/// What the rule asks for besides the status.
const RULE_2: Says = Says {
    code: Codes {
        words: &["ServiceUnavailableException", "ThrottlingException"],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// What the rule asks for besides the status.
const RULE_3: Says = Says {
    code: Codes {
        words: &[
            "ResourceNotFoundException",
            "AccessDeniedException",
            "UnrecognizedClientException",
            "ExpiredTokenException",
        ],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// What answers say of each event.
const ITEMS: Items = Items {
    by: ItemsBy::Position("/RequestResponses"),
    code: "/ErrorCode",
    error: Some("/ErrorMessage"),
    delivered: Codes {
        absent: true,
        ..Codes::NONE
    },
    retryable: Codes {
        words: &["ServiceUnavailableException", "InternalFailure"],
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
        400 if answer.says(&RULE_2) => answer.throttled(),
        400 if answer.says(&RULE_3) => answer.paused(),
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
