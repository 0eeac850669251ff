//! The guide of one provider's sink, as Markdown: what no language has a say in, and a language's
//! words beside it.

mod markdown;
mod settings;
mod tables;
mod trace;

use minijinja::{Value, context};

use crate::spec::delivery::DeliverySetting;
use crate::spec::model::{ConfigField, Spec};
use markdown::{code, line, lines, url};

pub use markdown::cell;

/// One setting.
#[derive(Debug, Clone, Copy)]
struct Setting<'a> {
    key: &'a str,
    spec: &'a ConfigField,
}

/// What the guide's template needs: `words` of the language, and all that the spec says.
#[must_use]
pub fn context(spec: &Spec, words: &Value) -> Value {
    let fields: Vec<Setting> = spec
        .config
        .iter()
        .map(|(key, spec)| Setting { key, spec })
        .collect();
    let required = fields.iter().filter(|field| field.spec.required);
    context! {
        id => spec.id.as_str(),
        is_site => false,
        prefix => spec.type_prefix(),
        env_prefix => spec.env_prefix(),
        title => line(&spec.title),
        summary => line(&spec.summary),
        docs_url => url(&spec.docs_url),
        prerequisites => lines(&spec.docs.prerequisites),
        steps => steps(spec),
        settings => fields.iter().map(settings::row).collect::<Vec<_>>(),
        required => required.clone().map(|field| code(field.key)).collect::<Vec<_>>(),
        exports => required.filter_map(settings::export).collect::<Vec<_>>(),
        yaml => settings::yaml(&fields),
        yaml_without_secrets => settings::yaml_without_secrets(&fields),
        second_yaml => settings::yaml_of_second(&fields, "-audit"),
        trace_ids => trace::names(spec).map(|name| code(&name)).collect::<Vec<_>>(),
        delivery => delivery(spec),
        responses => spec.responses.rules.iter().map(tables::response).collect::<Vec<_>>(),
        otherwise => tables::meaning(spec.responses.otherwise),
        troubleshooting => troubleshooting(spec),
        limits => tables::limits(spec),
        sources => sources(spec),
        resources => resources(spec),
        cost_drivers => lines(&spec.docs.cost_drivers),
        cost_tips => lines(&spec.docs.cost_tips),
        delivery_notes => lines(&spec.docs.delivery_notes),
        ..words.clone()
    }
}

fn steps(spec: &Spec) -> Vec<Value> {
    let steps = spec.docs.steps.iter();
    steps
        .map(|step| context! { title => line(&step.title), text => line(&step.text) })
        .collect()
}

fn troubleshooting(spec: &Spec) -> Vec<Value> {
    let rows = spec.docs.troubleshooting.iter();
    rows.map(|row| context! { symptom => cell(&row.symptom), cause => cell(&row.cause), fix => cell(&row.fix) })
        .collect()
}

fn sources(spec: &Spec) -> Vec<Value> {
    let sources = spec.sources.values();
    sources
        .map(|source| context! { title => line(&source.title), url => source.url.as_deref().map(url), checked => line(&source.checked) })
        .collect()
}

fn resources(spec: &Spec) -> Vec<Value> {
    let resources = spec.resources.iter();
    resources
        .map(|resource| {
            let permissions: Vec<_> = resource.permissions.iter().map(|it| code(it)).collect();
            context! { title => line(&resource.title), description => line(&resource.description), permissions }
        })
        .collect()
}

/// Rows of the table, and the value that the settings file shows.
fn delivery(spec: &Spec) -> Value {
    let settings = spec.delivery_settings();
    let batch_size = settings.iter().find(|setting| setting.name == "batch_size");
    let row = |setting: &DeliverySetting| {
        let default = match &setting.default {
            serde_json::Value::Null => "not set".to_owned(),
            serde_json::Value::String(word) => code(word),
            other => other.to_string(),
        };
        context! { name => setting.name, default, description => setting.description.as_str() }
    };
    context! {
        batch_size => batch_size.map(|setting| setting.default.to_string()),
        rows => settings.iter().map(row).collect::<Vec<_>>(),
    }
}
