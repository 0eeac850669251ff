//! The guide of one provider, as Markdown.

use minijinja::{Value, context};

use super::python::{Place, names, settings};
use super::rust::fields::{Field, fields, number};
use super::rust::names::type_prefix;
use super::rust::text::plain;
use crate::plan::{Content, PlannedFile};
use crate::provider::model::{FieldType, OutcomeName, Rule, Spec, StatusSet, VendorBehaviour};

/// What the guide's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let fields = fields(spec);
    let upper = spec.id.to_ascii_uppercase();
    context! {
        id => spec.id.as_str(),
        prefix => type_prefix(spec),
        env_prefix => format!("{upper}_SINK"),
        title => line(&spec.title),
        summary => line(&spec.summary),
        docs_url => url(&spec.docs_url),
        prerequisites => lines(&spec.docs.prerequisites),
        steps => spec.docs.steps.iter().map(|step| context! { title => line(&step.title), text => line(&step.text) }).collect::<Vec<_>>(),
        settings => fields.iter().map(setting).collect::<Vec<_>>(),
        exports => fields.iter().filter(|field| field.spec.required).filter_map(export).collect::<Vec<_>>(),
        yaml => yaml(&fields),
        new_arguments => arguments(&fields),
        delivery => delivery(spec),
        compression => spec.compression.offered.iter().map(|e| super::rust::config::encoding_word(*e)).collect::<Vec<_>>(),
        responses => spec.responses.rules.iter().map(response).collect::<Vec<_>>(),
        otherwise => meaning(spec.responses.otherwise),
        troubleshooting => spec.docs.troubleshooting.iter().map(|row| context! { symptom => cell(&row.symptom), cause => cell(&row.cause), fix => cell(&row.fix) }).collect::<Vec<_>>(),
        limits => limits(spec),
        sources => spec.sources.values().map(|source| context! { title => line(&source.title), url => source.url.as_deref().map(url), checked => line(&source.checked) }).collect::<Vec<_>>(),
        resources => spec.resources.iter().map(|resource| context! { title => line(&resource.title), description => line(&resource.description), permissions => resource.permissions.iter().map(|p| code(p)).collect::<Vec<_>>() }).collect::<Vec<_>>(),
        cost_drivers => lines(&spec.docs.cost_drivers),
        cost_tips => lines(&spec.docs.cost_tips),
        delivery_notes => lines(&spec.docs.delivery_notes),
    }
}

/// One line of Markdown: the spec's inline markup stays, HTML and block markup do not.
fn line(text: &str) -> String {
    let text = plain(text).replace("```", "'''").replace("~~~", "---");
    let mut out = String::new();
    let mut in_code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for character in text.chars() {
        in_code ^= character == '`' && balanced;
        match character {
            '<' if !in_code => out.push_str("&lt;"),
            // No links or images but those of the template.
            '[' | ']' if !in_code => out.extend(['\\', character]),
            '`' if !balanced => out.push('\''),
            _ => out.push(character),
        }
    }
    let opens_block = |c: char| matches!(c, '#' | '>' | '-' | '+' | '=' | '|' | '~');
    if out.starts_with(opens_block) || (out.starts_with('*') && out[1..].starts_with(' ')) {
        out.insert(0, '\\');
    }
    out
}

fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| line(text)).collect()
}

/// Text in a table cell.
fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// Text in a code span, in or out of a table.
fn code(text: &str) -> String {
    format!("`{}`", plain(text).replace('`', "'").replace('|', "\\|"))
}

fn url(text: &str) -> String {
    let safe = |c: &char| c.is_ascii_graphic() && !"<>()[]\\`\"'|{}".contains(*c);
    text.chars().filter(safe).collect()
}

fn setting(field: &Field) -> Value {
    let default = match &field.spec.default {
        _ if field.spec.required => "required".to_owned(),
        Some(default) if default.as_object().is_some_and(serde_json::Map::is_empty) => {
            "empty".to_owned()
        }
        Some(default) if default.as_array().is_some_and(Vec::is_empty) => "empty".to_owned(),
        Some(default) => code(
            &default
                .as_str()
                .map_or_else(|| default.to_string(), str::to_owned),
        ),
        None => "not set".to_owned(),
    };
    let values: Vec<String> = field
        .spec
        .values
        .iter()
        .map(|value| format!("{} ({})", code(&value.value), cell(&value.description)))
        .collect();
    let mut description = cell(&field.spec.description);
    if !values.is_empty() {
        description += &format!(" One of {}.", values.join(", "));
    }
    context! {
        name => code(field.key),
        type => kind(field.spec.kind),
        default,
        env => field.spec.env.iter().map(|name| code(name)).collect::<Vec<_>>(),
        description,
    }
}

fn kind(kind: FieldType) -> &'static str {
    match kind {
        FieldType::String => "text",
        FieldType::Secret => "secret",
        FieldType::Url => "URL",
        FieldType::Bool => "true or false",
        FieldType::Int => "whole number",
        FieldType::Float => "number",
        FieldType::Duration => "seconds",
        FieldType::Enum => "choice",
        FieldType::List => "list",
        FieldType::Map => "map",
    }
}

fn example(field: &Field) -> String {
    if field.spec.kind == FieldType::Secret {
        return "…".to_owned();
    }
    let given = field.spec.example.clone();
    let default = field
        .spec
        .default
        .as_ref()
        .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned));
    plain(&given.or(default).unwrap_or_else(|| "…".to_owned()))
}

/// A line for a shell, in single quotes where it needs them.
fn export(field: &Field) -> Option<String> {
    let variable = field.spec.env.first()?;
    let value = example(field);
    let is_plain = value
        .chars()
        .all(|c| c.is_alphanumeric() || "-_./:,@…".contains(c));
    let quoted = if is_plain {
        value
    } else {
        format!("'{}'", value.replace('\'', "'\\''"))
    };
    Some(format!("export {}={quoted}", plain(variable)))
}

/// Settings of an example sink in YAML, each as a JSON text, which is YAML too.
fn yaml(fields: &[Field]) -> Vec<String> {
    let shown = |field: &&Field| field.spec.required || field.spec.example.is_some();
    let shown = fields
        .iter()
        .filter(shown)
        .filter(|field| field.key != "url" || field.spec.required);
    shown
        .filter(|field| !matches!(field.spec.kind, FieldType::Map | FieldType::List))
        .map(|field| match field.spec.kind {
            FieldType::Secret => {
                let variable = field.spec.env.first().map_or("SECRET", String::as_str);
                format!("{}: {{ env: {} }}", field.key, plain(variable))
            }
            FieldType::Int | FieldType::Float | FieldType::Bool | FieldType::Duration => {
                format!("{}: {}", field.key, example(field))
            }
            _ => format!("{}: {}", field.key, serde_json::Value::from(example(field))),
        })
        .collect()
}

/// Arguments of `new` in the direct example.
fn arguments(fields: &[Field]) -> String {
    let required = fields.iter().filter(|field| field.spec.required);
    let argument = |field: &Field| match field.spec.kind {
        FieldType::Secret => "api_key".to_owned().replace("api_key", &field.name),
        _ => format!("{:?}", example(field)),
    };
    required.map(argument).collect::<Vec<_>>().join(", ")
}

fn delivery(spec: &Spec) -> Value {
    let delivery = &spec.delivery;
    let limit = spec
        .limits
        .max_batch_events
        .as_ref()
        .map_or(u64::MAX, |limit| limit.value);
    let bytes = spec.limits.max_batch_bytes.value;
    let in_flight = match spec.limits.ordering {
        crate::provider::model::Ordering::AcrossBatches => 1,
        _ => delivery.max_in_flight.unwrap_or(4),
    };
    context! {
        batch_size => number(delivery.batch_size.unwrap_or(1_000).min(limit)),
        batch_bytes => number(delivery.batch_bytes.unwrap_or(1_000_000).min(bytes)),
        batch_timeout => delivery.batch_timeout_seconds.unwrap_or(1.0),
        max_retries => delivery.max_retries.unwrap_or(5),
        base_delay => delivery.retry_base_delay.unwrap_or(0.5),
        max_delay => delivery.retry_max_delay.unwrap_or(30.0),
        timeout => delivery.timeout_seconds.unwrap_or(10.0),
        in_flight,
    }
}

fn response(rule: &Rule) -> Value {
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
    let codes: Vec<String> = rule
        .code
        .iter()
        .map(|code_| match code_ {
            crate::provider::model::Code::Number(number) => format!("`{number}`"),
            crate::provider::model::Code::Word(word) => code(word),
        })
        .collect();
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

fn meaning(outcome: OutcomeName) -> &'static str {
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

fn limits(spec: &Spec) -> Vec<Value> {
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
            ", discarded without a word beyond it"
        } else {
            ""
        };
        row(
            what,
            format!("{} s{silent}", grouped(limit.seconds)),
            &limit.source,
        );
    }
    rows
}

fn grouped(value: u64) -> String {
    number(value).replace('_', ",")
}

/// The guide of one provider's Python sink.
#[must_use]
pub fn python(spec: &Spec, place: &Place) -> PlannedFile {
    let settings = settings::all(spec);
    let environment: Vec<String> = fields(spec)
        .iter()
        .filter(|field| field.spec.required)
        .filter_map(export)
        .collect();
    let plugin = names::plugin(spec);
    let yaml: Vec<String> = yaml(&fields(spec))
        .into_iter()
        .filter(|line| !line.contains("{ env:"))
        .collect();
    PlannedFile {
        path: format!("docs/{}.md", spec.id),
        content: Content::Template {
            asset: "guide/python.md.j2".to_owned(),
            context: context! {
                guide => context(spec),
                package => place.package.as_str(),
                install => match &place.distribution {
                    Some(_) => format!("'.[{}]'", spec.id),
                    None => "-e .".to_owned(),
                },
                plugin => plugin.as_str(),
                plugin_key => plugin.replace('-', "_"),
                plugin_upper => plugin.replace('-', "_").to_uppercase(),
                exports => environment,
                required => settings.iter().filter(|s| s.spec.required).map(|s| code(s.key)).collect::<Vec<_>>(),
                yaml,
            },
        },
    }
}
