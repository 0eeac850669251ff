//! The guide of one provider, as Markdown.

use minijinja::{Value, context};

use super::python::{Place, names, settings};
use super::rust::fields::{Field, fields, number};
use super::rust::names::{snake, type_prefix};
use super::rust::text::plain;
use crate::plan::{Content, Layout, PlannedFile};
use crate::provider::delivery::DeliverySetting;
use crate::provider::model::{FieldType, OutcomeName, Rule, Spec, StatusSet, VendorBehaviour};

/// What the guide's template needs.
#[must_use]
pub fn context(spec: &Spec, layout: &Layout) -> Value {
    let fields = fields(spec);
    let root = match layout {
        Layout::Crate { name } => snake(name),
        Layout::Modules => "crate::sinks".to_owned(),
        Layout::Python(place) => place.package.clone(),
    };
    let upper = spec.id.to_ascii_uppercase();
    context! {
        id => spec.id.as_str(),
        root,
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
#[must_use]
pub fn line(text: &str) -> String {
    // Runs of backticks would open other code spans than single ones do.
    let text = plain(text)
        .replace("```", "'''")
        .replace("~~~", "---")
        .replace("``", "''");
    let mut out = String::new();
    let mut in_code = false;
    let balanced = text.matches('`').count().is_multiple_of(2);
    for character in text.chars() {
        in_code ^= character == '`' && balanced;
        match character {
            '<' if !in_code => out.push_str("&lt;"),
            // No links or images but those of the template, and no escaped backtick.
            '[' | ']' | '\\' if !in_code => out.extend(['\\', character]),
            '`' if !balanced => out.push('\''),
            _ => out.push(character),
        }
    }
    if let Some(at) = block_marker(&out) {
        out.insert(at, '\\');
    }
    out
}

/// Where a backslash keeps a paragraph from becoming a heading, list, quotation, rule or row.
fn block_marker(text: &str) -> Option<usize> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        return text[digits..].starts_with(['.', ')']).then_some(digits);
    }
    let is_rule = || text.chars().all(|c| matches!(c, '*' | '_' | ' '));
    let opens = match text.chars().next()? {
        '#' | '>' | '-' | '+' | '=' | '|' | '~' => true,
        '*' => text[1..].starts_with(' ') || is_rule(),
        '_' => is_rule(),
        _ => false,
    };
    opens.then_some(0)
}

fn lines(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| line(text)).collect()
}

/// Text in a table cell.
#[must_use]
pub fn cell(text: &str) -> String {
    line(text).replace('|', "\\|")
}

/// Text in a code span, in or out of a table.
fn code(text: &str) -> String {
    let text = plain(text).replace('`', "'").replace('|', "\\|");
    if text.is_empty() {
        return "empty".to_owned();
    }
    format!("`{text}`")
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

/// Arguments of `new` in the direct example, which stand in a code span.
fn arguments(fields: &[Field]) -> String {
    let required = fields.iter().filter(|field| field.spec.required);
    let argument = |field: &Field| match field.spec.kind {
        FieldType::Secret => "api_key".to_owned().replace("api_key", &field.name),
        _ => format!("{:?}", example(field).replace('`', "'")),
    };
    required.map(argument).collect::<Vec<_>>().join(", ")
}

/// Rows of the table, and the value that the settings file shows.
fn delivery(spec: &Spec) -> Value {
    let settings = spec.delivery_settings();
    let batch_size = settings.iter().find(|setting| setting.name == "batch_size");
    let row = |setting: &DeliverySetting| {
        let default = match &setting.default {
            serde_json::Value::Null => "not set".to_owned(),
            serde_json::Value::String(word) => code(word),
            other => other.to_string(),
        };
        context! { name => setting.name, default, description => setting.description.as_str() }
    };
    context! {
        batch_size => batch_size.map(|setting| setting.default.to_string()),
        rows => settings.iter().map(row).collect::<Vec<_>>(),
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
                guide => context(spec, &Layout::Python(place.clone())),
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
