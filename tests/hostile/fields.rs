//! Every text of a spec, found by walking it, and texts put in its place.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

/// Where a text stands: JSON pointer of a value, or of a map and the key in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub pointer: String,
    pub key: Option<String>,
}

/// Maps whose keys are free text; other keys are names that other places refer to.
const FREE_KEYS: [&str; 5] = ["query", "headers", "parameters", "levels", "data"];

/// What goes over the wire: its keys are free, to any depth.
const SHAPES: [&str; 4] = [
    "/payload/body",
    "/payload/record",
    "/payload/before",
    "/payload/streams/metadata",
];

/// Keys that make an object of a shape a form; its keys are words of the language.
const FORMS: [&str; 5] = ["from", "rest", "records", "object", "literal"];

/// Every text value of `spec`, and every key that is free text.
pub fn places(spec: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    walk(spec, "", &mut found);
    found
}

fn walk(value: &Value, pointer: &str, found: &mut Vec<Place>) {
    match value {
        Value::String(_) => found.push(Place {
            pointer: pointer.to_owned(),
            key: None,
        }),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &format!("{pointer}/{index}"), found);
            }
        }
        Value::Object(map) => {
            let is_shape = SHAPES.iter().any(|shape| pointer.starts_with(shape));
            let is_form = FORMS.iter().any(|key| map.contains_key(*key));
            let is_free = is_shape && (!is_form || pointer.contains("/literal"))
                || FREE_KEYS
                    .iter()
                    .any(|name| pointer.ends_with(&format!("/{name}")));
            for (key, item) in map {
                let below = format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"));
                walk(item, &below, found);
                if is_free {
                    found.push(Place {
                        pointer: pointer.to_owned(),
                        key: Some(key.clone()),
                    });
                }
            }
        }
        _ => {}
    }
}

/// Puts `text` at `place`.
pub fn put(spec: &mut Value, place: &Place, text: &str) {
    let target = spec
        .pointer_mut(&place.pointer)
        .expect("a place of this spec");
    let Some(old) = &place.key else {
        *target = Value::from(text);
        return;
    };
    let Value::Object(map) = target else {
        panic!("{} is no map", place.pointer);
    };
    // The order of keys is the order of fields in the output.
    let entries = std::mem::take(map);
    for (key, value) in entries {
        let key = if key == *old { text.to_owned() } else { key };
        map.insert(key, value);
    }
}

/// The spec as YAML, one text a line, and the line of each place. Characters that YAML does not
/// take as they are stand escaped, so that they reach the checks behind the parser.
pub fn yaml(spec: &Value) -> String {
    let pretty = serde_json::to_string_pretty(spec).expect("a value");
    let mut out = String::new();
    for character in pretty.chars() {
        match u32::from(character) {
            code @ (0x7f..=0x9f | 0x2000..=0x206f | 0xfdd0..=0xfdef | 0xfeff) => {
                let _ = write!(out, "\\u{code:04x}");
            }
            _ => out.push(character),
        }
    }
    out
}

/// Texts of the schema that no spec of the tests has: `Type.property`.
pub fn uncovered(schema: &Value, specs: &[Value]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let definitions = schema["$defs"].as_object().expect("definitions");
    for (name, definition) in definitions {
        texts(name, definition, &mut all);
    }
    texts("Spec", schema, &mut all);
    let mut seen = BTreeSet::new();
    for spec in specs {
        visit(schema, "Spec", schema, spec, &mut seen);
    }
    all.difference(&seen).cloned().collect()
}

fn branches(node: &Value) -> Vec<&Value> {
    let several = ["oneOf", "anyOf"];
    let inside = several
        .iter()
        .filter_map(|key| node[*key].as_array())
        .flatten();
    std::iter::once(node).chain(inside).collect()
}

/// Properties of a type that are text themselves.
fn texts(name: &str, definition: &Value, all: &mut BTreeSet<String>) {
    for branch in branches(definition) {
        for (property, node) in branch["properties"].as_object().into_iter().flatten() {
            if is_text(node) {
                all.insert(format!("{name}.{property}"));
            }
        }
    }
}

fn is_text(node: &Value) -> bool {
    let kind = &node["type"];
    let named = kind == "string"
        || kind
            .as_array()
            .is_some_and(|kinds| kinds.contains(&"string".into()));
    named && node["const"].is_null() && node["enum"].is_null()
}

fn visit(schema: &Value, name: &str, node: &Value, value: &Value, seen: &mut BTreeSet<String>) {
    for branch in branches(node) {
        if let Some(reference) = branch["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            visit(schema, name, &schema["$defs"][name], value, seen);
        }
        match value {
            Value::Object(map) => {
                for (key, item) in map {
                    let property = &branch["properties"][key];
                    if item.is_string() && is_text(property) {
                        seen.insert(format!("{name}.{key}"));
                    }
                    let below = if property.is_null() {
                        &branch["additionalProperties"]
                    } else {
                        property
                    };
                    if below.is_object() {
                        visit(schema, name, below, item, seen);
                    }
                }
            }
            Value::Array(items) if branch["items"].is_object() => {
                for item in items {
                    visit(schema, name, &branch["items"], item, seen);
                }
            }
            _ => {}
        }
    }
}
