//! `providers/README.md`: every section and field of a spec, written from the schema.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// What stands before the first section.
const INTRODUCTION: &str = "\
<!-- Generated from src/spec/model.rs by `cargo run -- generate`. Do not edit. -->

# Provider specs

One YAML file describes one log provider: its settings, how to authenticate, what a request looks
like, what the provider accepts and answers, and what its guide says. The sinks, their tests, the
guide and the local stand-in (`fapilog-gen mock`) are made from it.

    fapilog-gen validate my_provider.yaml
    fapilog-gen new-sink --spec my_provider.yaml

Start from the spec in this folder that resembles yours most. With this line first, editors complete
and check while you type:

    # yaml-language-server: $schema=provider.schema.json

## What a file may contain

- One UTF-8 document of at most 1 MiB, at most 32 levels deep, at most 50,000 values, 1,000 in one
  list or map, none longer than 64 KiB. No anchors, aliases, tags, directives or merge keys.
- Booleans are `true` and `false`; `yes`, `no`, `on` and `off` are text. A key is given once. A key
  that is not needed is left out, not left empty.
- No secrets. A `secret` setting has no default, and its value in a vector starts with `example-`.
- Text stands in quotes when it contains `: ` or ` #`, when it starts with a special character such as
  `{`, `[`, `*` or a backtick, and between `{ }` when it contains a comma.
- Text that becomes a comment, heading or table cell stays on one line; for a long one use `>-`.
- `{name}` in an address, parameter or header is a hole, filled with the config field `name`.

`fapilog-gen validate` reports every problem of a file with line and column, and once there is none,
a vector whose body does not have the shape that `payload` describes. Whether it is right to the byte
the generated tests tell.
";

/// The reference of every section and field, as Markdown.
#[must_use]
pub fn reference() -> String {
    let schema = super::schema::cached();
    let mut out = String::from(INTRODUCTION);
    section(&mut out, "Spec", schema);
    for name in reading_order(schema) {
        section(&mut out, &name, &schema["$defs"][&name]);
    }
    out
}

/// Definitions in the order a reader of the file meets them, each once.
fn reading_order(schema: &Value) -> Vec<String> {
    let mut order: Vec<String> = Vec::new();
    // Breadth first would tear sections apart: what a definition refers to follows it directly.
    let mut open: Vec<String> = references(schema);
    open.reverse();
    while let Some(name) = open.pop() {
        if order.contains(&name) {
            continue;
        }
        let mut inner = references(&schema["$defs"][&name]);
        inner.reverse();
        open.extend(inner);
        order.push(name);
    }
    order
}

/// Names of the definitions a schema refers to; `$defs` itself is not looked into.
fn references(schema: &Value) -> Vec<String> {
    match schema {
        Value::Array(items) => items.iter().flat_map(references).collect(),
        Value::Object(object) => object
            .iter()
            .filter(|(key, _)| *key != "$defs")
            .flat_map(|(key, value)| match value.as_str() {
                Some(text) if key == "$ref" => vec![definition(text)],
                _ => references(value),
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn definition(reference: &str) -> String {
    reference.trim_start_matches("#/$defs/").to_owned()
}

fn section(out: &mut String, name: &str, schema: &Value) {
    let _ = write!(out, "\n## {name}\n\n{}\n", description(schema));
    if schema.get("properties").is_some() {
        fields(out, schema, None);
        return;
    }
    let alternatives = schema["oneOf"]
        .as_array()
        .or_else(|| schema["anyOf"].as_array());
    let alternatives = alternatives.into_iter().flatten();
    let (variants, words): (Vec<&Value>, Vec<&Value>) =
        alternatives.partition(|alternative| alternative.get("properties").is_some());
    if !words.is_empty() {
        values(out, &words);
    }
    for variant in variants {
        variant_section(out, variant);
    }
}

/// Closed words, and the alternatives of a value that may have several types.
fn values(out: &mut String, alternatives: &[&Value]) {
    out.push_str("\n| Value | Meaning |\n|---|---|\n");
    for alternative in alternatives {
        let value = match alternative["const"].as_str() {
            Some(word) => format!("`{word}`"),
            None => kind(alternative),
        };
        let _ = writeln!(out, "| {value} | {} |", cell(&description(alternative)));
    }
}

fn variant_section(out: &mut String, variant: &Value) {
    let mut properties = variant["properties"].as_object().into_iter().flatten();
    let tag = properties.find_map(|(key, field)| Some((key, field["const"].as_str()?)));
    if let Some((tag, word)) = tag {
        let _ = write!(out, "\n### `{tag}: {word}`\n\n{}\n", description(variant));
        fields(out, variant, Some(tag));
    }
}

fn fields(out: &mut String, schema: &Value, tag: Option<&str>) {
    let required = schema["required"].as_array().into_iter().flatten();
    let required: Vec<&str> = required.filter_map(Value::as_str).collect();
    let empty = Map::new();
    let properties = schema["properties"].as_object().unwrap_or(&empty);
    let shown: Vec<_> = properties
        .iter()
        .filter(|(key, _)| Some(key.as_str()) != tag)
        .collect();
    if shown.is_empty() {
        return;
    }
    out.push_str("\n| Key | Type | Meaning |\n|---|---|---|\n");
    for (key, field) in shown {
        let must = if required.contains(&key.as_str()) {
            ", required"
        } else {
            ""
        };
        let meaning = cell(&description(field));
        let _ = writeln!(out, "| `{key}` | {}{must} | {meaning} |", kind(field));
    }
}

/// The type of a value, with a link where it has a section. Recursion is bounded by the types.
fn kind(schema: &Value) -> String {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = definition(reference);
        return format!("[{name}](#{})", name.to_lowercase());
    }
    match schema["type"].as_str() {
        Some("string") => "text".to_owned(),
        Some("integer") => schema["const"]
            .as_i64()
            .map_or_else(|| "whole number".to_owned(), |only| format!("`{only}`")),
        Some("number") => "number".to_owned(),
        Some("boolean") => "`true` or `false`".to_owned(),
        Some("array") => format!("list of {}", kind(&schema["items"])),
        Some("object") => map_kind(schema),
        _ => "any value".to_owned(),
    }
}

fn map_kind(schema: &Value) -> String {
    let keys = match &schema["propertyNames"] {
        Value::Null => "name".to_owned(),
        keys => kind(keys),
    };
    format!("map of {keys} to {}", kind(&schema["additionalProperties"]))
}

fn description(schema: &Value) -> String {
    schema["description"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Text within a table cell.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_definition_has_a_section() {
        let reference = reference();

        let definitions = super::super::schema::cached()["$defs"].as_object();
        for name in definitions.expect("the schema has definitions").keys() {
            assert!(reference.contains(&format!("\n## {name}\n")), "{name}");
        }
    }

    #[test]
    fn every_field_is_explained() {
        let reference = reference();

        let unexplained: Vec<&str> = reference
            .lines()
            .filter(|line| line.ends_with("|  |"))
            .collect();
        assert_eq!(unexplained, Vec::<&str>::new());
    }
}
