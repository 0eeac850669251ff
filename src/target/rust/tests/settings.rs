//! Settings that are missing, misspelt or secret.

use minijinja::context;

use super::super::fields::fields;
use super::super::layout::use_names;
use super::super::text::literal;
use super::{Module, base_settings, own};
use crate::provider::model::{FieldType, Spec};

/// The file.
pub fn module(spec: &Spec) -> Module {
    let secrets = secrets(spec);
    let context = context! {
        prefix => spec.type_prefix(),
        uses => uses(spec, secrets.as_deref()),
        required => required(spec),
        secrets,
    };
    Module::new("settings", context)
}

fn uses(spec: &Spec, secrets: Option<&str>) -> Vec<String> {
    let mut lines = vec![
        "use serde_json::{Map, Value};".to_owned(),
        String::new(),
        own(spec, &["SinkConfig"], &[]),
    ];
    lines.extend(secrets.map(|settings| {
        let mut names = vec!["config"];
        names.extend((settings == "SETTINGS").then_some(settings));
        use_names("super", &names)
    }));
    lines
}

/// Names of required settings, for the test that misses them.
fn required(spec: &Spec) -> Vec<String> {
    let fields = fields(spec).into_iter();
    let required = fields.filter(|field| field.spec.required);
    required.map(|field| literal(field.key)).collect()
}

/// Settings with every secret set, where there are any.
fn secrets(spec: &Spec) -> Option<String> {
    let mut settings = base_settings(spec);
    let keys: Vec<String> = fields(spec)
        .iter()
        .filter(|field| field.spec.kind == FieldType::Secret)
        .map(|field| field.key.to_owned())
        .collect();
    let map = settings.as_object_mut()?;
    for key in &keys {
        let secret = format!("example-{}", key.replace('_', "-"));
        map.insert(key.clone(), secret.into());
    }
    (!keys.is_empty()).then(|| super::settings(spec, &settings))
}
