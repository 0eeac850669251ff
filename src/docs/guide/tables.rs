//! What the provider answers and accepts, as rows of the guide's tables.

use minijinja::{Value, context};

use super::markdown::{cell, code};
use crate::spec::model::{OutcomeName, Rule, Spec, StatusSet, VendorBehaviour};
use crate::text::number;

/// The row of a rule.
pub fn response(rule: &Rule) -> Value {
    let mut answer: Vec<String> = rule
        .status
        .iter()
        .map(|set| match set {
            StatusSet::One(status) => format!("{status}"),
            StatusSet::Range(range) => cell(range),
        })
        .collect();
    if answer.is_empty() {
        answer.push("any".to_owned());
    }
    let codes: Vec<String> = rule.code.iter().map(|it| code(&it.to_string())).collect();
    let mut answer = answer.join(", ");
    if !codes.is_empty() {
        answer += &format!(" with code {}", codes.join(", "));
    }
    context! {
        answer,
        meaning => meaning(rule.outcome),
        note => rule.note.as_deref().map(cell).unwrap_or_default(),
    }
}

/// What the sink does with an outcome.
pub fn meaning(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Delivered => "delivered",
        OutcomeName::Items => "each event as the answer says",
        OutcomeName::FirstBad => "the named event is rejected, those after it are sent again",
        OutcomeName::Split => "sent again in halves",
        OutcomeName::Bisect => "sent again in halves until the bad event is found",
        OutcomeName::Throttled => "sent again, after the delay asked for",
        OutcomeName::Transient => "sent again, with growing delays",
        OutcomeName::Paused => "kept; probed slowly until somebody acts",
        OutcomeName::Rejected => "rejected: dead-lettered, or dropped and counted",
    }
}

/// A row for each limit.
pub fn limits(spec: &Spec) -> Vec<Value> {
    let source = |key: &str| {
        spec.sources.get(key).map_or_else(
            || cell(key),
            |source| format!("{}, read {}", cell(&source.title), cell(&source.checked)),
        )
    };
    let limits = &spec.limits;
    let mut rows = Vec::new();
    let mut row = |what: &str, value: String, key: &str| {
        rows.push(context! { what, value, source => source(key) });
    };
    if let Some(limit) = &limits.max_batch_events {
        row("Events in one request", grouped(limit.value), &limit.source);
    }
    row(
        "Bytes of one request",
        grouped(limits.max_batch_bytes.value),
        &limits.max_batch_bytes.source,
    );
    row(
        "Bytes of one event",
        grouped(limits.max_event_bytes.value),
        &limits.max_event_bytes.source,
    );
    for (what, limit) in [
        ("Oldest event", &limits.max_age),
        ("Newest event, ahead of now", &limits.max_ahead),
        ("Time between the events of a request", &limits.max_span),
    ] {
        let Some(limit) = limit else { continue };
        let silent = if limit.vendor == VendorBehaviour::Discards {
            "; what lies beyond is discarded silently"
        } else {
            ""
        };
        row(
            what,
            format!("{}{silent}", duration(limit.seconds)),
            &limit.source,
        );
    }
    rows
}

/// A length of time in the largest unit that keeps it whole.
fn duration(seconds: u64) -> String {
    let units = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let unit = units
        .into_iter()
        .find(|(length, _)| seconds.is_multiple_of(*length));
    let (length, name) = unit.unwrap_or((1, "second"));
    let plural = if seconds == length { "" } else { "s" };
    format!("{} {name}{plural}", grouped(seconds / length))
}

fn grouped(value: u64) -> String {
    number(value).replace('_', ",")
}
