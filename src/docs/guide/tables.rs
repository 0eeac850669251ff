//! What the provider answers and accepts, as rows of the guide's tables.

use minijinja::{Value, context};

use super::markdown::{cell, code};
use crate::sink::{Cited, Codes, Outcome, Rule, Sink, SourceId, TimePolicy};
use crate::text::number;

/// The row of a rule.
pub fn response(rule: &Rule) -> Value {
    let mut answer: Vec<String> = rule.status.iter().map(range).collect();
    if answer.is_empty() {
        answer.push("any".to_owned());
    }
    let codes = words(&rule.code);
    let mut answer = answer.join(", ");
    if !codes.is_empty() {
        answer += &format!(" with code {}", codes.join(", "));
    }
    if !rule.text.is_empty() {
        let texts: Vec<String> = rule.text.iter().map(|text| code(text)).collect();
        answer += &format!(" with the text {}", texts.join(" or "));
    }
    context! {
        answer,
        meaning => meaning(rule.outcome),
        note => rule.note.as_deref().map(cell).unwrap_or_default(),
    }
}

/// The statuses of a rule; empty: any.
pub fn statuses(rule: &Rule) -> String {
    let ranges: Vec<String> = rule.status.iter().map(range).collect();
    ranges.join(", ")
}

/// A number, or the first and the last of a range.
fn range<T: PartialEq + std::fmt::Display>(range: &std::ops::RangeInclusive<T>) -> String {
    let (first, last) = (range.start(), range.end());
    if first == last {
        first.to_string()
    } else {
        format!("{first}-{last}")
    }
}

/// The codes of a set, as a reader finds them in an answer.
fn words(codes: &Codes) -> Vec<String> {
    let numbers = codes.numbers.iter().map(|numbers| code(&range(numbers)));
    let words = codes.words.iter().map(|word| code(word));
    let absent = codes.absent.then(|| "none".to_owned());
    let present = codes.present.then(|| "any".to_owned());
    numbers.chain(words).chain(absent).chain(present).collect()
}

/// What the sink does with an outcome.
pub fn meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Items => "each event as the answer says",
        Outcome::FirstBad => "the named event is rejected, those after it are sent again",
        Outcome::Split => "sent again in halves",
        Outcome::Bisect => "sent again in halves until the bad event is found",
        Outcome::Throttled => "sent again, after the delay asked for",
        Outcome::Transient => "sent again, with growing delays",
        Outcome::Paused => "kept; probed slowly until somebody acts",
        Outcome::Uncertain => {
            "some events are lost and the answer does not say which: counted as uncertain, not sent again"
        }
        Outcome::Rejected => "rejected: dead-lettered, or dropped and counted",
    }
}

/// A row for each limit.
pub fn limits(sink: &Sink) -> Vec<Value> {
    let cited = |id: SourceId| {
        let source = sink.source(id);
        format!("{}, read {}", cell(&source.title), cell(&source.checked))
    };
    let limits = &sink.limits;
    let mut rows = Vec::new();
    let mut row = |what: &str, value: String, id: SourceId| {
        rows.push(context! { what, value, source => cited(id) });
    };
    if let Some(limit) = &limits.max_batch_events {
        row("Events in one request", grouped(limit.value), limit.source);
    }
    row(
        "Bytes of one request",
        grouped(limits.max_batch_bytes.value),
        limits.max_batch_bytes.source,
    );
    row(
        "Bytes of one event",
        grouped(limits.max_event_bytes.value),
        limits.max_event_bytes.source,
    );
    for (what, limit) in [
        ("Oldest event", &limits.max_age),
        ("Newest event, ahead of now", &limits.max_ahead),
    ] {
        let Some(limit) = limit else { continue };
        let beyond = match limit.policy {
            TimePolicy::Send => "",
            TimePolicy::DeadLetter => "; what lies beyond is discarded silently",
            TimePolicy::Clamp => "; what lies beyond is sent with the nearest time taken",
        };
        let Cited { value, source } = limit.seconds;
        row(what, format!("{}{beyond}", duration(value)), source);
    }
    if let Some(Cited { value, source }) = limits.max_span {
        row(
            "Time between the events of a request",
            duration(value),
            source,
        );
    }
    rows
}

/// A length of time in the largest unit that keeps it whole.
pub fn duration(seconds: u64) -> String {
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

/// `1,000,000`.
pub fn grouped(value: u64) -> String {
    number(value).replace('_', ",")
}
