//! The provider's settings in the guide: a table row, a shell line, YAML, an argument.

use minijinja::{Value, context};

use super::markdown::{cell, code};
use crate::sink::{Kind, Setting};
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
        type => kind(&field.kind),
        default,
        env => field.env.iter().map(|name| code(name)).collect::<Vec<_>>(),
        description,
    }
}

fn kind(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text(_) => "text",
        Kind::Secret(_) => "secret",
        Kind::Url => "URL",
        Kind::SecretUrl => "secret URL",
        Kind::Bool => "true or false",
        Kind::Int { .. } => "whole number",
        Kind::Float { .. } => "number",
        Kind::Duration { .. } => "seconds",
        Kind::Enum(_) => "choice",
        Kind::List { .. } => "list",
        Kind::Map => "map",
        Kind::SecretMap => "secret map",
    }
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
