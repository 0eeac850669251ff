//! The JSON Schema of a spec, made from the types in [`super::model`], so that it cannot drift from
//! what the loader accepts.

use std::sync::OnceLock;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::model::{LevelWord, Spec};

/// The JSON Schema (draft 2020-12) of a provider spec.
#[must_use]
pub fn schema() -> Value {
    let mut schema = cached().clone();
    // What a spec extends brings the sections that it leaves out.
    let required = schema["required"].take();
    schema["required"] = json!(["spec_version", "id", "title", "summary", "docs_url"]);
    schema["if"] = json!({"not": {"required": ["extends"]}});
    schema["then"] = json!({ "required": required });
    schema
}

/// The schema, built once per process.
pub(super) fn cached() -> &'static Value {
    static SCHEMA: OnceLock<Value> = OnceLock::new();
    SCHEMA.get_or_init(build)
}

fn build() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    // Keys of `payload.levels`: map keys get no schema of their own from the types.
    let level = generator.subschema_for::<LevelWord>().to_value();
    let mut schema = generator.into_root_schema_for::<Spec>().to_value();
    tighten(&mut schema);
    schema["properties"]["spec_version"]["const"] = json!(1);
    schema["$defs"]["Payload"]["properties"]["levels"]["propertyNames"] = level;
    schema
}

/// Says what the types cannot. Recursion is bounded by the types.
fn tighten(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(tighten),
        Value::Object(object) => {
            object.values_mut().for_each(tighten);
            drop_null_alternatives(object);
            // Every 16-bit number of the language is an HTTP status.
            if object.get("format") == Some(&json!("uint16")) {
                object["minimum"] = json!(100);
                object["maximum"] = json!(599);
            }
        }
        _ => {}
    }
}

/// A key that is not needed is left out, not given as `null`.
fn drop_null_alternatives(object: &mut Map<String, Value>) {
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object["type"] = only;
        }
    }
    let Some(Value::Array(alternatives)) = object.get_mut("anyOf") else {
        return;
    };
    let before = alternatives.len();
    alternatives.retain(|alternative| alternative != &json!({"type": "null"}));
    if alternatives.len() < before
        && let [Value::Object(only)] = alternatives.as_slice()
    {
        let only = only.clone();
        object.shift_remove("anyOf");
        object.extend(only);
    }
}
