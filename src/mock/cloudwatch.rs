//! `CloudWatch` Logs: AWS JSON 1.1, log groups and streams, `PutLogEvents` with AWS's answers.
//!
//! Source: the service model in botocore (2014-03-28), `PutLogEvents` in the `CloudWatch` Logs API
//! reference; the index semantics were observed at the service (aws-for-fluent-bit#523).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::answer::Reply;
use super::auth;
use super::decode::{self, DecodeError};
use super::examine::body_bound;
use super::gate::Incoming;
use super::json;
use super::judge::Judgement;
use super::log_groups;
use super::put_log_events;
use super::sigv4;
use super::store::Store;
use super::{Clients, MockOptions};
use crate::sink::{Encoding, Sink};

/// Header with the request id. Clients take an answer without it for a proxy's.
pub(super) const REQUEST_ID: &str = "x-amzn-requestid";

const TARGET_PREFIX: &str = "Logs_20140328.";

/// A service error: the exception's name and its message.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AwsError {
    pub name: &'static str,
    pub message: String,
}

/// Makes a service error.
pub(super) fn error(name: &'static str, message: impl Into<String>) -> AwsError {
    AwsError {
        name,
        message: message.into(),
    }
}

/// `InvalidParameterException`.
pub(super) fn invalid(message: impl Into<String>) -> AwsError {
    error("InvalidParameterException", message)
}

/// The judgement of a refused call: AWS answers nearly all of them with 400.
pub(super) fn refused(error: &AwsError) -> Judgement {
    let body = json!({"__type": error.name, "message": error.message});
    Judgement::refused(
        aws_json(400, &body),
        format!("{}: {}", error.name, error.message),
    )
}

/// An answer in the protocol's content type.
pub(super) fn aws_json(status: u16, body: &Value) -> Reply {
    Reply {
        status,
        headers: vec![(
            "content-type".to_owned(),
            "application/x-amz-json-1.1".to_owned(),
        )],
        body: body.to_string(),
    }
}

/// Judges one call of the Logs API.
pub(super) fn judge(
    sink: &Sink,
    options: &MockOptions,
    store: &mut Store,
    number: u64,
    request: &Incoming,
) -> Judgement {
    let opened = open(sink, &options.secrets, request);
    let mut judgement = match opened {
        Err(error) => refused(&error),
        Ok((operation, body)) => {
            let size = body.len();
            match call(sink, options, store, number, operation, &body) {
                Ok(judgement) => Judgement {
                    body_bytes: size,
                    ..judgement
                },
                Err(error) => refused(&error).with_body(size, 0),
            }
        }
    };
    judgement
        .reply
        .headers
        .push((REQUEST_ID.to_owned(), request_id(number)));
    judgement
}

/// A request id of the usual shape.
pub(super) fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Checks address, signature and encoding; gives the operation and the decoded body.
fn open<'a>(
    sink: &Sink,
    secrets: &BTreeMap<String, String>,
    request: &'a Incoming,
) -> Result<(&'a str, Vec<u8>), AwsError> {
    if request.path != "/" || request.method != "POST" {
        let found = format!("{} {}", request.method, request.path);
        return Err(error(
            "UnknownOperationException",
            format!("expected POST /, found {found}"),
        ));
    }
    signed(secrets, request)?;
    match request.header("content-type") {
        Some("application/x-amz-json-1.1") => {}
        found => {
            let found = found.unwrap_or("nothing");
            return Err(error(
                "UnknownOperationException",
                format!("content type `{found}`"),
            ));
        }
    }
    let target = request.header("x-amz-target").unwrap_or_default();
    let operation = target.strip_prefix(TARGET_PREFIX).ok_or_else(|| {
        error(
            "UnknownOperationException",
            format!("the target is `{target}`"),
        )
    })?;
    let coding = decode::coding(request.header("content-encoding"))
        .filter(|coding| coding.is_taken(&[Encoding::Gzip], Clients::Sinks))
        .ok_or_else(|| error("SerializationException", "unknown content encoding"))?;
    let body =
        decode::decode(coding, &request.wire, body_bound(sink)).map_err(|found| match found {
            DecodeError::TooLarge => error("SerializationException", "the body is too large"),
            DecodeError::Corrupt(problem) => error("SerializationException", problem),
        })?;
    Ok((operation, body))
}

fn signed(secrets: &BTreeMap<String, String>, request: &Incoming) -> Result<(), AwsError> {
    if request.header("authorization").is_none() {
        return Err(error(
            "MissingAuthenticationTokenException",
            "Missing Authentication Token",
        ));
    }
    let signed = sigv4::read(request, "logs")
        .map_err(|problem| error("IncompleteSignatureException", problem))?;
    if signed.key_id != auth::expected(secrets, "aws_access_key_id") {
        let message = "The security token included in the request is invalid.";
        return Err(error("UnrecognizedClientException", message));
    }
    if !sigv4::verify(
        &signed,
        request,
        &auth::expected(secrets, "aws_secret_access_key"),
    ) {
        let message =
            "The request signature we calculated does not match the signature you provided.";
        return Err(error("InvalidSignatureException", message));
    }
    Ok(())
}

fn call(
    sink: &Sink,
    options: &MockOptions,
    store: &mut Store,
    number: u64,
    operation: &str,
    body: &[u8],
) -> Result<Judgement, AwsError> {
    let text =
        std::str::from_utf8(body).map_err(|_| error("SerializationException", "not UTF-8"))?;
    let input =
        json::parse(text).map_err(|found| error("SerializationException", found.to_string()))?;
    if operation == "PutLogEvents" {
        return put_log_events::judge(sink, (options.clients, options.now), store, number, &input);
    }
    let answer = log_groups::call(&mut store.groups, operation, &input)?;
    Ok(Judgement::fine(answer))
}
