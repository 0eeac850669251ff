//! The tests of one provider, for the templates in `provider/tests/`: its worked examples as
//! functions, one for each, and what the tests around them need.

mod delivery;
mod limits;
mod requests;
mod responses;
mod settings;

use minijinja::{Value, context};

use super::layout::use_names;
use super::names::{snake, unique};
use super::text::{block, json_literal, title};
use crate::spec::model::Spec;

/// The runtime and its parts as a module of tests reaches them.
const BASE: &str = "super::super::super::cloud_sink_base";
const PARTS: &str = "super::super::super::cloud_sink_parts";

/// One file of tests.
pub struct Module {
    /// Its name.
    pub name: &'static str,
    /// Its template, without extensions.
    pub template: &'static str,
    /// What the template needs.
    pub context: Value,
}

impl Module {
    fn new(name: &'static str, context: Value) -> Self {
        Self {
            name,
            template: name,
            context,
        }
    }
}

/// The files of tests: one for each topic, and the module above them.
#[must_use]
pub fn modules(spec: &Spec) -> Vec<Module> {
    let mut modules: Vec<Module> = delivery::module(spec).into_iter().collect();
    modules.extend([
        limits::module(spec),
        requests::module(spec),
        responses::module(spec),
        settings::module(spec),
    ]);
    let names: Vec<_> = modules.iter().map(|module| module.name).collect();
    let context = context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        modules => names,
        settings => json_literal(&base_settings(spec).to_string()),
    };
    modules.push(Module::new("mod", context));
    modules
}

/// A function for each vector; `taken` are names that the file has already.
fn functions<'s>(vectors: impl Iterator<Item = (&'s String, String)>, taken: &[&str]) -> String {
    let mut names: Vec<String> = taken.iter().map(|name| (*name).to_owned()).collect();
    let tests: Vec<String> = vectors
        .map(|(name, body)| {
            let name = unique(&snake(name), &mut names);
            format!("#[test]\nfn {name}() {{\n{body}}}\n")
        })
        .collect();
    block(tests.join("\n"))
}

/// Types of the sink, as a module of tests reaches them.
fn own(spec: &Spec, types: &[&str], functions: &[&str]) -> String {
    let prefix = spec.type_prefix();
    let types: Vec<String> = types.iter().map(|name| format!("{prefix}{name}")).collect();
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    names.extend(functions);
    use_names("super::super", &names)
}

/// Settings that make a sink start: those of the first request vector.
fn base_settings(spec: &Spec) -> serde_json::Value {
    let vector = spec.vectors.requests.first();
    let settings = vector.map(|vector| vector.config.clone());
    serde_json::Value::Object(settings.unwrap_or_default().into_iter().collect())
}

/// Settings as an expression: the constant where they are the first vector's.
fn settings(spec: &Spec, settings: &serde_json::Value) -> String {
    if *settings == base_settings(spec) {
        return "SETTINGS".to_owned();
    }
    json_literal(&settings.to_string())
}
