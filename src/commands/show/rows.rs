//! A spec as rows: what a reader asks for, with every default filled in.

use serde::Serialize;
use serde_json::Value;

use crate::spec::model::{
    Code, ConfigField, Ordering, OutcomeName, OversizePolicy, Rule, SizeBasis, Spec, StatusSet,
    TimeLimit, VendorBehaviour,
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
pub fn settings(spec: &Spec) -> Vec<Setting> {
    spec.config
        .iter()
        .map(|(name, field)| setting(name, field))
        .collect()
}

fn setting(name: &str, field: &ConfigField) -> Setting {
    Setting {
        name: name.to_owned(),
        kind: field.kind.name(),
        required: field.required,
        default: field.default.clone(),
        env: field.env.clone(),
        description: field.described(),
        values: field
            .values
            .iter()
            .map(|value| format!("{}: {}", value.value, value.description))
            .collect(),
    }
}

/// The delivery settings, with what their defaults come to.
pub fn delivery(spec: &Spec) -> Vec<Setting> {
    let prefix = spec.id.to_uppercase();
    let settings = spec.delivery_settings().into_iter();
    settings
        .map(|setting| Setting {
            name: setting.name.to_owned(),
            kind: setting.kind,
            required: false,
            default: Some(setting.default).filter(|default| !default.is_null()),
            env: vec![format!("{prefix}_SINK_{}", setting.name.to_uppercase())],
            description: setting.description,
            values: Vec::new(),
        })
        .collect()
}

/// What the provider accepts, with where that is written.
pub fn limits(spec: &Spec) -> Vec<Row> {
    let limits = &spec.limits;
    let mut rows = Vec::new();
    if let Some(limit) = &limits.max_batch_events {
        rows.push(Row::new(
            "max_batch_events",
            limit.value.to_string(),
            cited(spec, &limit.source),
        ));
    }
    let bytes = &limits.max_batch_bytes;
    let basis = match bytes.basis {
        SizeBasis::Body => "of the body before compression".to_owned(),
        SizeBasis::Records if bytes.overhead_per_event == 0 => "of the records".to_owned(),
        SizeBasis::Records => format!("of the records, {} more for each", bytes.overhead_per_event),
    };
    rows.push(Row::new(
        "max_batch_bytes",
        format!("{} bytes {basis}", bytes.value),
        cited(spec, &bytes.source),
    ));
    let event = &limits.max_event_bytes;
    let policy = match event.policy {
        OversizePolicy::Truncate => "truncated",
        OversizePolicy::DeadLetter => "dead-lettered",
    };
    let text = format!("{} bytes, longer ones are {policy}", event.value);
    rows.push(Row::new(
        "max_event_bytes",
        text,
        cited(spec, &event.source),
    ));
    let times = [
        ("max_age", &limits.max_age),
        ("max_ahead", &limits.max_ahead),
        ("max_span", &limits.max_span),
    ];
    rows.extend(
        times
            .into_iter()
            .filter_map(|(name, limit)| Some(time_row(spec, name, limit.as_ref()?))),
    );
    let ordering = match limits.ordering {
        Ordering::None => "any order",
        Ordering::WithinBatch => "oldest first within a request",
        Ordering::AcrossBatches => "one request after the other",
    };
    rows.push(Row::new("ordering", ordering, None));
    rows
}

fn time_row(spec: &Spec, name: &str, limit: &TimeLimit) -> Row {
    let vendor = match limit.vendor {
        VendorBehaviour::Refuses => "",
        VendorBehaviour::Discards => {
            ", beyond it the vendor discards silently: the sink dead-letters"
        }
    };
    Row::new(
        name,
        format!("{} seconds{vendor}", limit.seconds),
        cited(spec, &limit.source),
    )
}

fn cited(spec: &Spec, key: &str) -> Option<String> {
    let source = spec.sources.get(key)?;
    let url = source
        .url
        .as_deref()
        .map(|url| format!(", {url}"))
        .unwrap_or_default();
    Some(format!(
        "{}{url} (read {})",
        source.title.trim(),
        source.checked
    ))
}

/// What a response means.
pub fn responses(spec: &Spec) -> Vec<Row> {
    let rules = spec
        .responses
        .rules
        .iter()
        .map(|rule| Row::new(&condition(rule), outcome(rule.outcome), rule.note.clone()));
    rules
        .chain([Row::new(
            "anything else",
            outcome(spec.responses.otherwise),
            None,
        )])
        .collect()
}

fn condition(rule: &Rule) -> String {
    let statuses = rule.status.iter().map(|status| match status {
        StatusSet::One(status) => status.to_string(),
        StatusSet::Range(range) => range.clone(),
    });
    let codes = rule.code.iter().map(|code| match code {
        Code::Number(number) => number.to_string(),
        Code::Word(word) => word.clone(),
    });
    let codes = codes.collect::<Vec<_>>().join(", ");
    let codes = (!codes.is_empty()).then(|| format!("code {codes}"));
    let all: Vec<_> = statuses.chain(codes).collect();
    if all.is_empty() {
        "any".to_owned()
    } else {
        all.join(", ")
    }
}

fn outcome(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Delivered => "delivered",
        OutcomeName::Items => "item by item, as the body says",
        OutcomeName::FirstBad => "the first bad event is rejected, those after it are sent again",
        OutcomeName::Split => "halves are sent again: too large",
        OutcomeName::Bisect => "halves are sent again: one event is bad",
        OutcomeName::Throttled => "throttled: sent again, slower",
        OutcomeName::Transient => "transient: sent again",
        OutcomeName::Paused => "paused: kept until somebody acts",
        OutcomeName::Rejected => "rejected: dead-lettered",
    }
}
