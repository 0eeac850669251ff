//! The provider's settings in the guide: a table row, a shell line, YAML, an argument.

use minijinja::{Value, context};

use super::Setting;
use super::markdown::{cell, code};
use crate::spec::model::FieldType;
use crate::text::plain;

/// The row of a setting.
pub fn row(field: &Setting) -> Value {
    let is_collection = matches!(field.spec.kind, FieldType::List | FieldType::Map);
    let default = match field.spec.default_text() {
        _ if field.spec.required => "required".to_owned(),
        Some(default) if is_collection && matches!(&*default, "{}" | "[]") => "empty".to_owned(),
        Some(default) => code(&default),
        None => "not set".to_owned(),
    };
    let values: Vec<String> = field
        .spec
        .values
        .iter()
        .map(|value| format!("{} ({})", code(&value.value), cell(&value.description)))
        .collect();
    let mut description = cell(&field.spec.described());
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

/// A line for a shell, in single quotes where it needs them.
pub fn export(field: &Setting) -> Option<String> {
    let variable = field.spec.env.first()?;
    let value = field.spec.shown_example();
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
        .map(|field| entry(field, &field.spec.shown_example()))
        .collect()
}

/// The same without what is secret, for a file that cannot say where else that stands.
pub fn yaml_without_secrets(fields: &[Setting]) -> Vec<String> {
    let shown = shown(fields).into_iter();
    let open = shown.filter(|field| field.spec.kind != FieldType::Secret);
    open.map(|field| entry(field, &field.spec.shown_example()))
        .collect()
}

/// The same for a second sink that ships somewhere else: its first free text has `suffix` added.
pub fn yaml_of_second(fields: &[Setting], suffix: &str) -> Vec<String> {
    let shown = shown(fields);
    let free = shown.iter().position(|field| {
        let charset = field.spec.check.as_ref().and_then(|it| it.charset.as_ref());
        field.spec.kind == FieldType::String
            && field.spec.example.is_some()
            // A hyphen is allowed where it stands last, elsewhere it is a range.
            && charset.is_none_or(|allowed| allowed.ends_with('-'))
    });
    let entries = shown.into_iter().enumerate().map(|(index, field)| {
        let added = if free == Some(index) { suffix } else { "" };
        entry(field, &(field.spec.shown_example() + added))
    });
    entries.collect()
}

/// Settings that an example shows.
fn shown<'a, 'b>(fields: &'a [Setting<'b>]) -> Vec<&'a Setting<'b>> {
    let shown = fields
        .iter()
        .filter(|field| field.spec.required || field.spec.example.is_some())
        .filter(|field| field.key != "url" || field.spec.required)
        .filter(|field| !matches!(field.spec.kind, FieldType::Map | FieldType::List));
    shown.collect()
}

/// One setting in YAML; text as JSON, which is YAML too.
fn entry(field: &Setting, value: &str) -> String {
    match field.spec.kind {
        FieldType::Secret => {
            let variable = field.spec.env.first().map_or("SECRET", String::as_str);
            format!("{}: {{ env: {} }}", field.key, plain(variable))
        }
        FieldType::Int | FieldType::Float | FieldType::Bool | FieldType::Duration => {
            format!("{}: {value}", field.key)
        }
        _ => format!("{}: {}", field.key, serde_json::Value::from(value)),
    }
}
