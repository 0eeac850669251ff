//! A spec as rows: what a reader asks for, with every default filled in.

use std::fmt::Display;
use std::ops::RangeInclusive;

use serde::Serialize;
use serde_json::Value;

use crate::sink::{
    self, BatchBasis, Codes, EventBasis, Ordering, Outcome, OversizePolicy, Rule, Sink, SourceId,
    TimeLimit, TimePolicy,
};

/// One setting.
#[derive(Debug, Serialize)]
pub struct Setting {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub required: bool,
    pub default: Option<Value>,
    pub env: Vec<String>,
    pub description: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

/// One fact.
#[derive(Debug, Serialize)]
pub struct Row {
    pub name: String,
    pub value: String,
    pub note: Option<String>,
}

impl Row {
    fn new(name: &str, value: impl Into<String>, note: Option<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
            note,
        }
    }
}

/// The sink's own settings.
pub fn settings(sink: &Sink) -> Vec<Setting> {
    sink.settings.iter().map(setting).collect()
}

fn setting(setting: &sink::Setting) -> Setting {
    let values = setting.choices().iter();
    Setting {
        name: setting.name.clone(),
        kind: setting.kind_name(),
        required: setting.is_required(),
        default: setting.default().cloned(),
        env: setting.env.clone(),
        description: setting.description.clone(),
        values: values
            .map(|value| format!("{}: {}", value.value, value.description))
            .collect(),
    }
}

/// The delivery settings, with what their defaults come to.
pub fn delivery(sink: &Sink) -> Vec<Setting> {
    let prefix = &sink.env_prefix;
    let settings = sink.delivery_settings().into_iter();
    settings
        .map(|setting| Setting {
            name: setting.name.to_owned(),
            kind: setting.kind,
            required: false,
            default: Some(setting.default).filter(|default| !default.is_null()),
            env: vec![format!("{prefix}_{}", setting.name.to_uppercase())],
            description: setting.description,
            values: Vec::new(),
        })
        .collect()
}

/// What the provider accepts, with where that is written.
pub fn limits(sink: &Sink) -> Vec<Row> {
    let limits = &sink.limits;
    let mut rows = Vec::new();
    if let Some(limit) = &limits.max_batch_events {
        let value = limit.value.to_string();
        rows.push(Row::new(
            "max_batch_events",
            value,
            Some(cited(sink, limit.source)),
        ));
    }
    let bytes = limits.max_batch_bytes;
    let basis = match limits.batch_basis {
        BatchBasis::Body => "of the body before compression".to_owned(),
        BatchBasis::Records { overhead: 0 } => "of the records".to_owned(),
        BatchBasis::Records { overhead } => format!("of the records, {overhead} more for each"),
        BatchBasis::Wire => "of the body as it goes over the wire".to_owned(),
    };
    rows.push(Row::new(
        "max_batch_bytes",
        format!("{} bytes {basis}", bytes.value),
        Some(cited(sink, bytes.source)),
    ));
    let event = limits.max_event_bytes;
    let basis = match limits.event_basis {
        EventBasis::Record => "",
        EventBasis::Line => " of the line",
    };
    let policy = match limits.oversize {
        OversizePolicy::Truncate => "truncated",
        OversizePolicy::DeadLetter => "dead-lettered",
    };
    rows.push(Row::new(
        "max_event_bytes",
        format!("{} bytes{basis}, longer ones are {policy}", event.value),
        Some(cited(sink, event.source)),
    ));
    let times = [
        ("max_age", &limits.max_age),
        ("max_ahead", &limits.max_ahead),
    ];
    rows.extend(
        times
            .into_iter()
            .filter_map(|(name, limit)| Some(time_row(sink, name, limit.as_ref()?))),
    );
    if let Some(span) = limits.max_span {
        let value = format!("{} seconds", span.value);
        rows.push(Row::new("max_span", value, Some(cited(sink, span.source))));
    }
    let ordering = match limits.ordering {
        Ordering::None => "any order",
        Ordering::WithinBatch => "oldest first within a request",
        Ordering::AcrossBatches => "one request after the other",
    };
    rows.push(Row::new("ordering", ordering, None));
    rows
}

fn time_row(sink: &Sink, name: &str, limit: &TimeLimit) -> Row {
    let policy = match limit.policy {
        TimePolicy::Send => "",
        TimePolicy::DeadLetter => ", beyond it the vendor discards silently: the sink dead-letters",
        TimePolicy::Clamp => ", beyond it the nearest time that is taken is sent",
    };
    Row::new(
        name,
        format!("{} seconds{policy}", limit.seconds.value),
        Some(cited(sink, limit.seconds.source)),
    )
}

fn cited(sink: &Sink, id: SourceId) -> String {
    let source = sink.source(id);
    let url = source.url.as_deref().map(|url| format!(", {url}"));
    format!(
        "{}{} (read {})",
        source.title.trim(),
        url.unwrap_or_default(),
        source.checked
    )
}

/// What a response means.
pub fn responses(sink: &Sink) -> Vec<Row> {
    let answers = &sink.answers;
    let rules = answers
        .rules
        .iter()
        .map(|rule| Row::new(&condition(rule), outcome(rule.outcome), rule.note.clone()));
    let otherwise = Row::new("anything else", outcome(answers.otherwise), None);
    rules.chain([otherwise]).collect()
}

fn condition(rule: &Rule) -> String {
    let mut all: Vec<String> = rule.status.iter().map(range).collect();
    let codes = words(&rule.code).join(", ");
    all.extend((!codes.is_empty()).then(|| format!("code {codes}")));
    all.extend(rule.text.iter().map(|text| format!("text {text:?}")));
    if all.is_empty() {
        "any".to_owned()
    } else {
        all.join(", ")
    }
}

fn words(codes: &Codes) -> Vec<String> {
    let numbers = codes.numbers.iter().map(range);
    let special = [(codes.absent, "absent"), (codes.present, "present")];
    let special = special.into_iter().filter(|(there, _)| *there);
    let special = special.map(|(_, word)| word.to_owned());
    numbers
        .chain(codes.words.iter().cloned())
        .chain(special)
        .collect()
}

/// A number, or the first and the last of a range.
fn range<T: PartialEq + Display>(range: &RangeInclusive<T>) -> String {
    if range.start() == range.end() {
        range.start().to_string()
    } else {
        format!("{}-{}", range.start(), range.end())
    }
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Delivered => "delivered",
        Outcome::Items => "item by item, as the body says",
        Outcome::FirstBad => "the first bad event is rejected, those after it are sent again",
        Outcome::Split => "halves are sent again: too large",
        Outcome::Bisect => "halves are sent again: one event is bad",
        Outcome::Throttled => "throttled: sent again, slower",
        Outcome::Transient => "transient: sent again",
        Outcome::Paused => "paused: kept until somebody acts",
        Outcome::Uncertain => "uncertain: some are lost, nobody knows which; not sent again",
        Outcome::Rejected => "rejected: dead-lettered",
    }
}
