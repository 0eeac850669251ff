//! The provider's settings in the guide: a table row, a shell line, YAML, an argument.

use minijinja::{Value, context};

use super::markdown::{cell, code};
use super::tables::grouped;
use crate::sink::{Kind, Ordering, Setting, Sink};
use crate::text::plain;

/// The row of a setting.
pub fn row(field: &Setting) -> Value {
    let is_collection = field.is_collection();
    let default = match field.default_text() {
        _ if field.is_required() => "required".to_owned(),
        Some(default) if is_collection && matches!(&*default, "{}" | "[]") => "empty".to_owned(),
        Some(default) => code(&default),
        None => "not set".to_owned(),
    };
    let values: Vec<String> = field
        .choices()
        .iter()
        .map(|value| format!("{} ({})", code(&value.value), cell(&value.description)))
        .collect();
    let mut description = cell(&field.description);
    if !values.is_empty() {
        description += &format!(" One of {}.", values.join(", "));
    }
    context! {
        name => code(&field.name),
        type => kind(&field.kind) + &range(&field.kind),
        default,
        env => field.env.iter().map(|name| code(name)).collect::<Vec<_>>(),
        description,
    }
}

fn kind(kind: &Kind) -> String {
    let name = match kind {
        Kind::Text(_) => "text",
        Kind::Secret(_) => "secret",
        Kind::Url { .. } => "URL",
        Kind::SecretUrl => "secret URL",
        Kind::Bool => "true or false",
        Kind::Int { .. } => "whole number",
        Kind::Float { .. } => "number",
        Kind::Duration { .. } => "seconds",
        Kind::Enum(_) => "choice",
        Kind::List { .. } => "list",
        Kind::Map => "map",
        Kind::SecretMap => "secret map",
    };
    name.to_owned()
}

/// What is taken of numbers.
fn range(kind: &Kind) -> String {
    let between = |least: Option<String>, most: Option<String>| match (least, most) {
        (Some(least), Some(most)) => format!(", {least} to {most}"),
        (Some(least), None) => format!(", at least {least}"),
        (None, Some(most)) => format!(", at most {most}"),
        (None, None) => String::new(),
    };
    match kind {
        Kind::Int { one_of, .. } if !one_of.is_empty() => {
            let all: Vec<_> = one_of.iter().map(ToString::to_string).collect();
            format!(", one of {}", all.join(", "))
        }
        Kind::Int { min, max, .. } => between(
            min.map(|least| least.to_string()),
            max.map(|most| most.to_string()),
        ),
        Kind::Float { min, max } | Kind::Duration { min, max } => between(
            min.map(|least| least.to_string()),
            max.map(|most| most.to_string()),
        ),
        _ => String::new(),
    }
}

/// What the extremes of a delivery setting do, in a sentence after what it is.
pub fn extremes(sink: &Sink, name: &str) -> Option<String> {
    let limits = &sink.limits;
    let cut = |most: u64| {
        format!(
            "At least 1; more than the {} that the provider takes count as these.",
            grouped(most)
        )
    };
    let said = match name {
        "batch_size" => match &limits.max_batch_events {
            Some(most) => return Some(cut(most.value)),
            None => "At least 1.",
        },
        "batch_bytes" => return Some(cut(limits.max_batch_bytes.value)),
        "batch_timeout_seconds" => "0 sends at once.",
        "max_in_flight" if limits.ordering == Ordering::AcrossBatches => {
            "Always 1: the provider needs the order."
        }
        "max_in_flight" => "1 to 64.",
        "max_retries" => "0: none.",
        "retry_max_delay" => "Not below `retry_base_delay`.",
        "retry_base_delay" | "timeout_seconds" | "delivery_timeout_seconds" => "Above 0.",
        "queue_max_events" | "queue_max_bytes" => "At least 1.",
        "block_timeout_seconds" => "0 refuses at once.",
        "dead_letter_max_bytes" => "0 keeps nothing.",
        _ => return None,
    };
    Some(said.to_owned())
}

/// A line for a shell, in single quotes where it needs them.
pub fn export(field: &Setting) -> Option<String> {
    let variable = field.env.first()?;
    let value = field.shown_example();
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

/// Settings of an example sink in YAML.
pub fn yaml(fields: &[Setting]) -> Vec<String> {
    let shown = shown(fields).into_iter();
    shown
        .map(|field| entry(field, &field.shown_example()))
        .collect()
}

/// The same without what is secret, for a file that cannot say where else that stands.
pub fn yaml_without_secrets(fields: &[Setting]) -> Vec<String> {
    let shown = shown(fields).into_iter();
    let open = shown.filter(|field| !field.is_secret());
    open.map(|field| entry(field, &field.shown_example()))
        .collect()
}

/// The same for a second sink that ships somewhere else: its first free text has `suffix` added.
pub fn yaml_of_second(fields: &[Setting], suffix: &str) -> Vec<String> {
    let shown = shown(fields);
    let free = shown.iter().position(|field| {
        let Kind::Text(check) = &field.kind else {
            return false;
        };
        let charset = check.as_ref().and_then(|check| check.charset.as_ref());
        field.example.is_some()
            // A hyphen is allowed where it stands last, elsewhere it is a range.
            && charset.is_none_or(|allowed| allowed.ends_with('-'))
    });
    let entries = shown.into_iter().enumerate().map(|(index, field)| {
        let added = if free == Some(index) { suffix } else { "" };
        entry(field, &(field.shown_example() + added))
    });
    entries.collect()
}

/// Settings that an example shows.
fn shown(fields: &[Setting]) -> Vec<&Setting> {
    let shown = fields
        .iter()
        .filter(|field| field.is_required() || field.example.is_some())
        .filter(|field| field.name != "url" || field.is_required())
        .filter(|field| !field.is_collection());
    shown.collect()
}

/// One setting in YAML; text as JSON, which is YAML too.
fn entry(field: &Setting, value: &str) -> String {
    match field.kind {
        Kind::Secret(_) | Kind::SecretUrl => {
            let variable = field.env.first().map_or("SECRET", String::as_str);
            format!("{}: {{ env: {} }}", field.name, plain(variable))
        }
        Kind::Int { .. } | Kind::Float { .. } | Kind::Bool | Kind::Duration { .. } => {
            format!("{}: {value}", field.name)
        }
        _ => format!("{}: {}", field.name, serde_json::Value::from(value)),
    }
}
