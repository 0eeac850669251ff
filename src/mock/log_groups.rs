//! Log groups and streams of the `CloudWatch` stand-in, and the operations that make them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::answer::Reply;
use super::cloudwatch::{AwsError, aws_json, error, invalid};
use super::json::Node;

/// Retention periods AWS accepts, in days.
const RETENTION_DAYS: [i64; 22] = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/// Groups, and streams of all of them, that one stand-in holds before it answers `LimitExceededException`.
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

/// Performs one operation on groups and streams.
pub(super) fn call(groups: &mut Groups, operation: &str, input: &Node) -> Result<Reply, AwsError> {
    let groups = &mut groups.groups;
    match operation {
        "CreateLogGroup" => create_group(groups, input),
        "CreateLogStream" => create_stream(groups, input),
        "PutRetentionPolicy" => put_retention(groups, input),
        "DescribeLogGroups" => Ok(describe_groups(groups, input)),
        _ => {
            let problem = format!("`{operation}` is not implemented");
            Err(error("UnknownOperationException", problem))
        }
    }
}

fn not_found(message: &str) -> AwsError {
    error("ResourceNotFoundException", message)
}

fn exists(message: &str) -> AwsError {
    error("ResourceAlreadyExistsException", message)
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
    let streams: usize = groups.values().map(|group| group.streams.len()).sum();
    let group = groups
        .get_mut(group)
        .ok_or_else(|| not_found("The specified log group does not exist."))?;
    if streams >= MAX_RESOURCES {
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
