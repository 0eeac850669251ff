//! The guide of one provider, as Markdown, for `guide/provider.md.j2`.

mod markdown;
mod python;
mod settings;
mod tables;
mod trace;

use minijinja::{Value, context};

use crate::languages::rust::fields::fields;
use crate::languages::rust::names::snake;
use crate::project::plan::Layout;
use crate::spec::delivery::DeliverySetting;
use crate::spec::model::Spec;
use markdown::{code, line, lines, url};

pub use markdown::cell;
pub use python::page as python;

/// What the guide's template needs.
#[must_use]
pub fn context(spec: &Spec, layout: &Layout) -> Value {
    let fields = fields(spec);
    let root = match layout {
        Layout::Crate { name } => snake(name),
        Layout::Modules => "crate::sinks".to_owned(),
        Layout::Python(place) => place.package.clone(),
    };
    context! {
        id => spec.id.as_str(),
        root,
        has_example => matches!(layout, Layout::Crate { .. }),
        is_site => false,
        prefix => spec.type_prefix(),
        env_prefix => spec.env_prefix(),
        title => line(&spec.title),
        summary => line(&spec.summary),
        docs_url => url(&spec.docs_url),
        prerequisites => lines(&spec.docs.prerequisites),
        steps => steps(spec),
        settings => fields.iter().map(settings::row).collect::<Vec<_>>(),
        exports => fields.iter().filter(|field| field.spec.required).filter_map(settings::export).collect::<Vec<_>>(),
        yaml => settings::yaml(&fields),
        second_yaml => settings::yaml_of_second(&fields, "-audit"),
        trace_ids => trace::names(spec).map(|name| code(&name)).collect::<Vec<_>>(),
        new_arguments => settings::arguments(&fields),
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
