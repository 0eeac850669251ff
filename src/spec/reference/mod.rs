//! `providers/README.md`: every section and field of a spec, written from the schema.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::model::ValueEncoding;

/// What stands before the worked example.
const INTRODUCTION: &str = include_str!("introduction.md");

/// What shapes and holes are.
const SHAPES: &str = include_str!("shapes.md");

/// Shapes of known vendors, and `extends`.
const RECIPES: &str = include_str!("recipes.md");

/// The worked example, a spec of its own.
const EXAMPLE: &str = include_str!("example.yaml");

/// Its sections in the order they are shown, and what each says of the vendor's request.
const SECTIONS: [(&[&str], &str); 9] = [
    (
        &[
            "spec_version",
            "id",
            "title",
            "summary",
            "docs_url",
            "sources",
        ],
        "What it is called, and where its facts were read. Every figure below cites one of the sources.",
    ),
    (
        &["config"],
        "What differs between users of the provider. Every setting can be given in code, in a file and by \
         environment; besides the variables named here each has one of its own, `ACME_SINK_TEAM`.",
    ),
    (
        &["auth"],
        "`X-Acme-Key: 0123…` is a secret in a header of its own. With several entries the first whose settings \
         are all set is used.",
    ),
    (
        &["endpoint"],
        "The first line of the request and its host. `override` names the setting that `try`, `mock`, proxies and \
         tests put in place of `base`.",
    ),
    (
        &["payload"],
        "The body, its values replaced by where they come from. The list of entries is where the records stand, \
         one entry is the record. `service` is that of the events, which makes a request of those that have the \
         same; `fields` takes what the application logged.",
    ),
    (
        &["limits", "compression"],
        "What the vendor's documentation says about sizes. What is left out is no limit, `max_event_bytes` excepted: \
         it is what fits into a request.",
    ),
    (
        &["responses"],
        "What an answer means, as far as the provider differs from HTTP: the standard rules follow these, and any \
         other answer pauses the sink, which keeps the events.",
    ),
    (&["docs"], "The guide's prose. Every list may be left out."),
    (
        &["vectors"],
        "The vendor's example again, as a test in every language: what is sent for an event, what an answer comes \
         to, where a limit lies. One request is needed; `fapilog-gen validate` says what to paste.",
    ),
];

/// The reference of every section and field, as Markdown.
#[must_use]
pub fn reference() -> String {
    let schema = super::schema::cached();
    let mut out = String::from(INTRODUCTION);
    for (keys, words) in SECTIONS {
        let _ = write!(out, "\n{words}\n\n");
        for key in keys {
            excerpt(&mut out, key);
        }
    }
    let _ = write!(out, "\n{SHAPES}");
    let words = schemars::schema_for!(ValueEncoding);
    let words = words.as_value()["oneOf"].as_array().into_iter().flatten();
    values(&mut out, &words.collect::<Vec<_>>());
    out.push_str(RECIPES);
    section(&mut out, "Spec", schema);
    for name in reading_order(schema) {
        section(&mut out, &name, &schema["$defs"][&name]);
    }
    out
}

/// A section of the worked example, as a block of code.
fn excerpt(out: &mut String, key: &str) {
    let start = format!("{key}:");
    let lines = EXAMPLE.lines().skip_while(|line| !line.starts_with(&start));
    let inner = |(index, line): &(usize, &str)| *index == 0 || line.starts_with(' ');
    for (_, line) in lines.enumerate().take_while(inner) {
        let _ = writeln!(out, "    {line}");
    }
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
    fn the_worked_example_is_shown_whole() {
        let reference = reference();

        for line in EXAMPLE.lines().skip(1) {
            assert!(reference.contains(&format!("    {line}\n")), "{line}");
        }
    }

    #[test]
    fn every_word_of_a_rest_and_a_text_form_is_explained() {
        let reference = reference();

        for word in ["otlp_attributes", "json_text", "scalars", "texts", "base64"] {
            assert!(
                reference.contains(&format!("`{word}`"))
                    || reference.contains(&format!("as: {word}")),
                "{word}"
            );
        }
    }

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
