//! The guide of one provider, as Markdown, for `guide/provider.md.j2`.

mod markdown;
mod settings;
mod tables;

use minijinja::{Value, context};

use super::common::text::number;
use super::rust::fields::fields;
use crate::provider::model::Spec;
use markdown::{code, line, lines, url};

pub use markdown::cell;

/// What the guide's template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let fields = fields(spec);
    context! {
        id => spec.id.as_str(),
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
        new_arguments => settings::arguments(&fields),
        delivery => delivery(spec),
        compression => spec.compression.offered.iter().map(|encoding| encoding.word()).collect::<Vec<_>>(),
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

fn delivery(spec: &Spec) -> Value {
    let defaults = spec.delivery_defaults();
    context! {
        batch_size => number(defaults.batch_size),
        batch_bytes => number(defaults.batch_bytes),
        batch_timeout => defaults.batch_timeout_seconds,
        max_retries => defaults.max_retries,
        base_delay => defaults.retry_base_delay,
        max_delay => defaults.retry_max_delay,
        timeout => defaults.timeout_seconds,
        in_flight => defaults.max_in_flight,
    }
}
