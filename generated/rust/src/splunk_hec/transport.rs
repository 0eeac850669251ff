//! Where Splunk HEC takes events, and what its answers mean.

use std::error::Error;
use std::sync::Arc;

use reqwest::Method;

use super::super::cloud_sink_base::Outcome;
use super::super::cloud_sink_parts::answer::{Answer, CodePlace, Codes, Places, Says};
use super::super::cloud_sink_parts::gzip;
use super::super::cloud_sink_parts::http_transport::{
    AsTheyAre, HealthCheck, HttpParts, HttpTransport, Requests, UNCOMPRESSED,
};
use super::super::cloud_sink_parts::request::{HttpRequest, RequestBuilder, RequestError};
use super::config::{Compression, SplunkHecSinkConfig};
use super::encoder::SplunkHecEncoder;

/// Sends each batch as one request.
pub type SplunkHecTransport = HttpTransport<SplunkHecEncoder>;

/// A transport for these settings; opens no connection yet.
///
/// # Errors
///
/// When a setting does not fit into a request, or TLS cannot be set up.
pub fn transport(
    config: &SplunkHecSinkConfig,
    encoder: Arc<SplunkHecEncoder>,
) -> Result<SplunkHecTransport, Box<dyn Error + Send + Sync>> {
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
fn request(config: &SplunkHecSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::POST, &[&config.url]);
    request.path("/services/collector/event");
    request.header("X-Splunk-Request-Channel", &[&config.channel]);
    request.header("Authorization", &[&"Splunk ", &config.token]);
    request.finish()
}

/// The request that asks whether the provider would answer.
fn health_request(config: &SplunkHecSinkConfig) -> Result<HttpRequest, RequestError> {
    let mut request = RequestBuilder::new(Method::GET, &[&config.url]);
    request.path("/services/collector/health");
    request.finish()
}

/// Where answers say what.
const PLACES: Places = Places {
    error_text: Some("/text"),
    code: CodePlace::Body("/code"),
    ..Places::USUAL
};

/// Queued for indexing.
const RULE_1: Says = Says {
    code: Codes {
        numbers: &[0],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// Bad format, missing or blank event, bad fields; the reply names the first such event.
const RULE_2: Says = Says {
    code: Codes {
        numbers: &[6, 12, 13, 15],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// The token may not write to that index.
const RULE_3: Says = Says {
    code: Codes {
        numbers: &[7],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// The token is missing, wrong or disabled, or asks for a channel.
const RULE_4: Says = Says {
    code: Codes {
        numbers: &[1, 2, 3, 4, 10, 11, 14, 16, 21, 22],
        ..Codes::NONE
    },
    ..Says::ANYTHING
};

/// Busy, or its queues are full.
const RULE_5: Says = Says {
    code: Codes {
        numbers: &[8, 9, 18, 19, 20],
        ..Codes::NONE
    },
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
        200 if answer.says(&RULE_1) => answer.delivered(),
        _ if answer.says(&RULE_2) => answer.first_bad("/invalid-event-number"),
        _ if answer.says(&RULE_3) => answer.paused(),
        _ if answer.says(&RULE_4) => answer.paused(),
        _ if answer.says(&RULE_5) => answer.transient(),
        // A proxy refuses the token.
        401 | 403 => answer.paused(),
        // The address is wrong.
        300..=399 | 404 | 405 => answer.paused(),
        413 => answer.split(),
        // From the load balancer in front.
        429 => answer.throttled(),
        408 | 500..=599 => answer.transient(),
        400 => answer.bisect(),
        // Some event is not understood and the answer does not name it.
        422 => answer.bisect(),
        // The credentials are refused, or a quota is exhausted. The events are fine and are kept.
        402 | 407 => answer.paused(),
        // The request took too long to arrive.
        425 => answer.transient(),
        _ => answer.paused(),
    }
}
