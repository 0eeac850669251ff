//! Reads answers that tell events apart.

use serde_json::Value;

use super::super::cloud_sink_base::{Outcome, RejectedItem};
use super::http::excerpt;

/// Where an answer says what became of each event. Pointers are JSON pointers.
#[derive(Debug, Clone, Copy)]
pub struct ItemRules {
    /// The list, in the order of the request; empty for the whole body.
    pub list: &'static str,
    /// The status within an item.
    pub status: &'static str,
    /// The error text within an item.
    pub error: Option<&'static str>,
    /// Whether a status means stored.
    pub delivered: fn(u16) -> bool,
    /// Whether a status is worth another attempt.
    pub retryable: fn(u16) -> bool,
    /// A place and a text that mean refused although the status says stored.
    pub refused_when: Option<(&'static str, &'static str)>,
}

/// Reads per-item results of a request that carried `sent` events.
///
/// An answer that does not list each of them cannot be trusted with any: all are sent again.
#[must_use]
pub fn read_items(body: &[u8], sent: usize, rules: &ItemRules) -> Outcome {
    let parsed: Option<Value> = serde_json::from_slice(body).ok();
    let list = parsed
        .as_ref()
        .and_then(|root| root.pointer(rules.list))
        .and_then(Value::as_array);
    let outcome = list
        .filter(|items| items.len() == sent)
        .and_then(|items| sort(items, rules));
    outcome.unwrap_or_else(|| {
        let reason = format!(
            "the answer does not list the {sent} events sent: {}",
            excerpt(body)
        );
        Outcome::Transient {
            retry_after: None,
            reason,
        }
    })
}

/// `None` when an item has no status.
fn sort(items: &[Value], rules: &ItemRules) -> Option<Outcome> {
    let mut rejected = Vec::new();
    let mut retry = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let status = item.pointer(rules.status).and_then(status_number)?;
        let refused = rules
            .refused_when
            .is_some_and(|(place, text)| item.pointer(place).and_then(Value::as_str) == Some(text));
        if (rules.delivered)(status) && !refused {
            continue;
        }
        if (rules.retryable)(status) && !refused {
            retry.push(index);
        } else {
            let reason = item_reason(item, status, rules);
            rejected.push(RejectedItem::refused(index, reason));
        }
    }
    Some(if rejected.is_empty() && retry.is_empty() {
        Outcome::Delivered
    } else {
        Outcome::Partial { rejected, retry }
    })
}

/// An answer that names the first bad event of `sent`: it is rejected, those after it are sent
/// again, and those before it are uncertain.
///
/// `None` when the body does not name one.
#[must_use]
pub fn read_first_bad(body: &[u8], pointer: &str, sent: usize, reason: &str) -> Option<Outcome> {
    let root: Value = serde_json::from_slice(body).ok()?;
    let bad = usize::try_from(root.pointer(pointer)?.as_u64()?)
        .ok()
        .filter(|bad| *bad < sent)?;
    let mut rejected: Vec<RejectedItem> = (0..bad).map(RejectedItem::uncertain).collect();
    rejected.push(RejectedItem::refused(bad, reason));
    Some(Outcome::Partial {
        rejected,
        retry: (bad + 1..sent).collect(),
    })
}

fn status_number(value: &Value) -> Option<u16> {
    match value {
        Value::String(text) => text.parse().ok(),
        other => other.as_u64().and_then(|number| u16::try_from(number).ok()),
    }
}

fn item_reason(item: &Value, status: u16, rules: &ItemRules) -> String {
    let text = rules
        .error
        .and_then(|place| item.pointer(place))
        .and_then(|value| match value {
            Value::Null => None,
            Value::String(text) => Some(excerpt(text.as_bytes())),
            other => Some(excerpt(other.to_string().as_bytes())),
        });
    match text {
        Some(text) => format!("status {status}: {text}"),
        None => format!("status {status}"),
    }
}
