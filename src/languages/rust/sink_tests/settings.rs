//! Settings that are missing, misspelt, secret, or cannot work.

use minijinja::context;

use super::super::super::common::secrets::with_secrets;
use super::super::fields::fields;
use super::super::layout::{Expr, line, use_names};
use super::super::text::{json_literal, literal};
use super::{Module, PARTS, base_settings, functions, own};
use crate::spec::model::{SettingsVector, Spec};

/// Names the file has besides its vectors.
const TAKEN: [&str; 6] = [
    "an_unknown_setting_is_refused",
    "config",
    "every_missing_setting_is_named",
    "refused",
    "secrets_do_not_print",
    "testing",
];

/// The file.
pub fn module(spec: &Spec) -> Module {
    let secrets = secrets(spec);
    let vectors = spec.vectors.settings.iter();
    let vectors = vectors.map(|vector| (&vector.name, body(vector)));
    let context = context! {
        vectors => functions(vectors, &TAKEN),
        prefix => spec.type_prefix(),
        uses => uses(spec, secrets.as_deref()),
        required => required(spec),
        secrets,
    };
    Module::new("settings", context)
}

fn uses(spec: &Spec, secrets: Option<&str>) -> Vec<String> {
    let mut lines = vec!["use serde_json::{Map, Value};".to_owned(), String::new()];
    if !spec.vectors.settings.is_empty() {
        lines.push(format!("use {PARTS}::testing;"));
    }
    lines.push(own(spec, &["SinkConfig"], &[]));
    lines.extend(secrets.map(|settings| {
        let mut names = vec!["config"];
        names.extend((settings == "SETTINGS").then_some(settings));
        use_names("super", &names)
    }));
    lines
}

/// The statements of one test.
fn body(vector: &SettingsVector) -> String {
    let given: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let given = json_literal(&serde_json::Value::Object(given).to_string());
    let settings = line(4, "let settings = ", &Expr::text(given));
    let expected = Expr::array("", [Expr::text(literal(&vector.refused))]);
    let arguments = [Expr::text("refused(settings)"), expected];
    let assertion = line(4, "", &Expr::call("assert_eq!", arguments));
    format!("{settings}\n{assertion}")
}

/// Names of required settings, for the test that misses them.
fn required(spec: &Spec) -> Vec<String> {
    let fields = fields(spec).into_iter();
    let required = fields.filter(|field| field.spec.required);
    required.map(|field| literal(field.key)).collect()
}

/// Settings with every secret set, where there are any.
fn secrets(spec: &Spec) -> Option<String> {
    let settings = with_secrets(spec, base_settings(spec))?;
    Some(super::settings(spec, &settings))
}
