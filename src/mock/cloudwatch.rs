//! `CloudWatch` Logs: AWS JSON 1.1, log groups and streams, `PutLogEvents` with AWS's answers.
//!
//! Source: the service model in botocore (2014-03-28), `PutLogEvents` in the `CloudWatch` Logs API
//! reference; the index semantics were observed at the service (aws-for-fluent-bit#523).

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::Reply;
use super::clock::Clock;
use super::decode::{self, DecodeError};
use super::gate::{self, Incoming};
use super::json::{self, Node};
use super::judge::{Judgement, body_bound};
use super::put_log_events;
use super::sigv4;
use super::store::Store;
use crate::provider::model::{Encoding, Spec};

const TARGET_PREFIX: &str = "Logs_20140328.";

/// Retention periods AWS accepts, in days.
const RETENTION_DAYS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Groups and streams one stand-in holds before it answers `LimitExceededException`.
const MAX_RESOURCES: usize = 10_000;

/// The log groups that exist.
#[derive(Debug, Default)]
pub(super) struct Groups {
    groups: BTreeMap<String, Group>,
}

#[derive(Debug, Default)]
struct Group {
    streams: BTreeSet<String>,
    retention_days: Option<i64>,
}

impl Groups {
    /// How long a group keeps its events, in seconds.
    pub fn retention_seconds(&self, group: &str) -> Option<u64> {
        let days = self.groups.get(group)?.retention_days?;
        u64::try_from(days).ok().map(|days| days * 86_400)
    }

    /// Why a stream cannot be written to.
    pub fn missing(&self, group: &str, stream: &str) -> Option<AwsError> {
        let Some(found) = self.groups.get(group) else {
            return Some(not_found("The specified log group does not exist."));
        };
        (!found.streams.contains(stream))
            .then(|| not_found("The specified log stream does not exist."))
    }
}

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

fn not_found(message: &str) -> AwsError {
    error("ResourceNotFoundException", message)
}

fn exists(message: &str) -> AwsError {
    error("ResourceAlreadyExistsException", message)
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
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    clock: Clock,
    store: &mut Store,
    number: u64,
    request: &Incoming,
) -> Judgement {
    let opened = open(spec, secrets, request);
    let mut judgement = match opened {
        Err(error) => refused(&error),
        Ok((operation, body)) => {
            let size = body.len();
            match call(spec, clock, store, number, operation, &body) {
                Ok(judgement) => Judgement {
                    body_bytes: size,
                    ..judgement
                },
                Err(error) => refused(&error).with_body(size, 0),
            }
        }
    };
    // Clients take an answer without it for a proxy's.
    judgement
        .reply
        .headers
        .push(("x-amzn-requestid".to_owned(), request_id(number)));
    judgement
}

/// A request id of the usual shape.
pub(super) fn request_id(number: u64) -> String {
    format!("00000000-0000-4000-8000-{number:012x}")
}

/// Checks address, signature and encoding; gives the operation and the decoded body.
fn open<'a>(
    spec: &Spec,
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
    let coding = decode::encoding(request.header("content-encoding"))
        .filter(|coding| *coding != Encoding::Zstd)
        .ok_or_else(|| error("SerializationException", "unknown content encoding"))?;
    let body =
        decode::decode(coding, &request.wire, body_bound(spec)).map_err(|found| match found {
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
    if signed.key_id != gate::expected(secrets, "aws_access_key_id") {
        let message = "The security token included in the request is invalid.";
        return Err(error("UnrecognizedClientException", message));
    }
    if !sigv4::verify(
        &signed,
        request,
        &gate::expected(secrets, "aws_secret_access_key"),
    ) {
        let message =
            "The request signature we calculated does not match the signature you provided.";
        return Err(error("InvalidSignatureException", message));
    }
    Ok(())
}

fn call(
    spec: &Spec,
    clock: Clock,
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
        return put_log_events::judge(spec, clock, store, number, &input);
    }
    let groups = &mut store.groups.groups;
    let answer = match operation {
        "CreateLogGroup" => create_group(groups, &input)?,
        "CreateLogStream" => create_stream(groups, &input)?,
        "PutRetentionPolicy" => put_retention(groups, &input)?,
        "DescribeLogGroups" => describe_groups(groups, &input),
        _ => {
            return Err(error(
                "UnknownOperationException",
                format!("`{operation}` is not implemented"),
            ));
        }
    };
    Ok(Judgement::fine(answer))
}

/// AWS answers these operations with an empty body.
fn done() -> Reply {
    Reply {
        body: String::new(),
        ..aws_json(200, &Value::Null)
    }
}

fn create_group(groups: &mut BTreeMap<String, Group>, input: &Node) -> Result<Reply, AwsError> {
    let name = group_name(input)?;
    if groups.contains_key(name) {
        return Err(exists("The specified log group already exists"));
    }
    if groups.len() >= MAX_RESOURCES {
        return Err(error("LimitExceededException", "Resource limit exceeded."));
    }
    groups.insert(name.to_owned(), Group::default());
    Ok(done())
}

fn create_stream(groups: &mut BTreeMap<String, Group>, input: &Node) -> Result<Reply, AwsError> {
    let (group, stream) = (group_name(input)?, stream_name(input)?);
    let group = groups
        .get_mut(group)
        .ok_or_else(|| not_found("The specified log group does not exist."))?;
    if group.streams.len() >= MAX_RESOURCES {
        return Err(error("LimitExceededException", "Resource limit exceeded."));
    }
    if group.streams.insert(stream.to_owned()) {
        Ok(done())
    } else {
        Err(exists("The specified log stream already exists"))
    }
}

fn put_retention(groups: &mut BTreeMap<String, Group>, input: &Node) -> Result<Reply, AwsError> {
    let name = group_name(input)?;
    let days = input
        .get("retentionInDays")
        .and_then(|days| days.to_value().as_i64())
        .filter(|days| RETENTION_DAYS.contains(days))
        .ok_or_else(|| invalid("retentionInDays is not one of the allowed periods"))?;
    let group = groups
        .get_mut(name)
        .ok_or_else(|| not_found("The specified log group does not exist."))?;
    group.retention_days = Some(days);
    Ok(done())
}

fn describe_groups(groups: &BTreeMap<String, Group>, input: &Node) -> Reply {
    let prefix = input
        .get("logGroupNamePrefix")
        .and_then(Node::as_text)
        .unwrap_or_default();
    let limit = input
        .get("limit")
        .and_then(|limit| usize::try_from(limit.to_value().as_u64()?).ok())
        .unwrap_or(50);
    let found: Vec<_> = groups
        .iter()
        .filter(|(name, _)| name.starts_with(prefix))
        .take(limit)
        .map(|(name, group)| match group.retention_days {
            Some(days) => json!({"logGroupName": name, "retentionInDays": days}),
            None => json!({"logGroupName": name}),
        })
        .collect();
    aws_json(200, &json!({"logGroups": found}))
}

/// The call's log group, if its name is allowed.
pub(super) fn group_name(input: &Node) -> Result<&str, AwsError> {
    let allowed = |name: &str| {
        name.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte))
            && !name.starts_with("aws/")
    };
    named(input, "logGroupName", allowed)
}

/// The call's log stream, if its name is allowed.
pub(super) fn stream_name(input: &Node) -> Result<&str, AwsError> {
    named(input, "logStreamName", |name| !name.contains([':', '*']))
}

fn named<'a>(
    input: &'a Node,
    key: &str,
    allowed: impl Fn(&str) -> bool,
) -> Result<&'a str, AwsError> {
    input
        .get(key)
        .and_then(Node::as_text)
        .filter(|name| (1..=512).contains(&name.chars().count()) && allowed(name))
        .ok_or_else(|| invalid(format!("Value at '{key}' failed to satisfy constraint")))
}
