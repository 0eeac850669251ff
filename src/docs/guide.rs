//! The guide of one provider's sink, as Markdown: what no language has a say in, and a language's
//! words beside it.

mod cost;
mod markdown;
mod settings;
mod tables;
mod trace;
mod wire;

use minijinja::{Value, context};

use crate::sink::{Checked, DeliverySetting, Encoding, Form, Sink};
use markdown::{code, line, lines, url};

pub use markdown::cell;
pub(in crate::docs) use tables::{duration, grouped, meaning, statuses};

/// The name of the page that a provider's guide is on.
#[must_use]
pub fn page_name(sink: &Sink) -> String {
    let own = sink.docs.page.clone();
    own.unwrap_or_else(|| sink.id.replace('_', "-"))
}

/// The provider's name as a heading.
#[must_use]
pub fn heading(sink: &Sink) -> String {
    line(&sink.title)
}

/// What the sink ships to, in a sentence.
#[must_use]
pub fn summary(sink: &Sink) -> String {
    line(&sink.summary)
}

/// What the guide's template needs: `words` of the language, and all that the sink says.
#[must_use]
pub fn context(sink: &Sink, words: &Value) -> Value {
    let fields = sink.settings.as_slice();
    let required = fields.iter().filter(|field| field.is_required());
    context! {
        id => sink.id.as_str(),
        is_site => false,
        is_http => sink.is_http(),
        is_protobuf => matches!(sink.payload.form, Form::OtlpProtobuf { .. }),
        wire => wire::context(sink),
        zstd => sink.compression.first() != Some(&Encoding::Zstd) && sink.compression.contains(&Encoding::Zstd),
        prefix => sink.type_prefix.as_str(),
        env_prefix => sink.env_prefix.as_str(),
        title => line(&sink.title),
        summary => line(&sink.summary),
        docs_url => url(&sink.docs_url),
        prerequisites => lines(&sink.docs.prerequisites),
        permissions => permissions(sink),
        steps => steps(sink),
        settings => fields.iter().map(settings::row).collect::<Vec<_>>(),
        required => required.clone().map(|field| code(&field.name)).collect::<Vec<_>>(),
        exports => required.filter_map(settings::export).collect::<Vec<_>>(),
        yaml => settings::yaml(fields),
        yaml_without_secrets => settings::yaml_without_secrets(fields),
        second_yaml => settings::yaml_of_second(fields, "-audit"),
        trace_ids => trace::names(sink).map(|name| code(&name)).collect::<Vec<_>>(),
        delivery => delivery(sink),
        responses => sink.answers.rules.iter().map(tables::response).collect::<Vec<_>>(),
        otherwise => tables::meaning(sink.answers.otherwise),
        troubleshooting => troubleshooting(sink),
        limits => tables::limits(sink),
        sources => sources(sink),
        resources => resources(sink),
        cost_drivers => lines(&sink.docs.cost_drivers),
        cost_tips => lines(&sink.docs.cost_tips),
        delivery_notes => lines(&sink.docs.delivery_notes),
        checked => checked(sink),
        ..words.clone()
    }
}

/// What nobody here wrote and it was checked with.
pub(in crate::docs) fn checked(sink: &Sink) -> String {
    let all: Vec<_> = sink.docs.checked.iter().map(one_checked).collect();
    if all.is_empty() {
        return "a strict local stand-in made from the spec (`fake`), neither a server nor a client of the vendor's own"
            .to_owned();
    }
    all.join(", ")
}

fn one_checked(checked: &Checked) -> String {
    let with = line(checked.with());
    match checked.server {
        Some(_) => format!("{with} (server, {})", line(&checked.date)),
        None => format!(
            "{with} (vendor client, against the stand-in, {})",
            line(&checked.date)
        ),
    }
}

fn permissions(sink: &Sink) -> Vec<Value> {
    let permissions = sink.docs.permissions.iter();
    permissions
        .map(|one| {
            // No line of it can end the block: each begins with white space, a bracket or a quote.
            context! { title => line(&one.title), document => format!("{:#}", one.document) }
        })
        .collect()
}

fn steps(sink: &Sink) -> Vec<Value> {
    let steps = sink.docs.steps.iter();
    steps
        .map(|step| context! { title => line(&step.title), text => line(&step.text) })
        .collect()
}

fn troubleshooting(sink: &Sink) -> Vec<Value> {
    let rows = sink.docs.troubleshooting.iter();
    rows.map(|row| context! { symptom => cell(&row.symptom), cause => cell(&row.cause), fix => cell(&row.fix) })
        .collect()
}

fn sources(sink: &Sink) -> Vec<Value> {
    let sources = sink.sources.iter();
    sources
        .map(|source| context! { title => line(&source.title), url => source.url.as_deref().map(url), checked => line(&source.checked) })
        .collect()
}

fn resources(sink: &Sink) -> Vec<Value> {
    let resources = sink.resources.iter();
    resources
        .map(|resource| {
            let permissions: Vec<_> = resource.permissions.iter().map(|it| code(it)).collect();
            context! { title => line(&resource.title), description => line(&resource.description), permissions }
        })
        .collect()
}

/// Rows of the table, and the value that the settings file shows.
fn delivery(sink: &Sink) -> Value {
    let settings = sink.delivery_settings();
    let batch_size = settings.iter().find(|setting| setting.name == "batch_size");
    let row = |setting: &DeliverySetting| {
        let default = match &setting.default {
            serde_json::Value::Null => "not set".to_owned(),
            serde_json::Value::String(word) => code(word),
            other => other.to_string(),
        };
        let extremes = settings::extremes(sink, setting.name);
        let said = extremes.map_or_else(
            || setting.description.clone(),
            |extremes| format!("{} {extremes}", setting.description),
        );
        context! { name => setting.name, default, description => said }
    };
    context! {
        batch_size => batch_size.map(|setting| setting.default.to_string()),
        rows => settings.iter().map(row).collect::<Vec<_>>(),
    }
}
