//! Labels of grouped streams.

use super::super::fields::{Field, find};
use super::super::layout::{Expr, Statement, chain};
use super::super::names::snake;
use super::super::text::literal;
use crate::spec::model::{FieldType, Framing, Label, Spec};
use crate::spec::resolve::Reference;

/// Fields of the encoder: name, type, and the expression that fills it.
#[must_use]
pub fn state(spec: &Spec) -> Vec<(String, &'static str, String)> {
    let Framing::GroupedStreams {
        labels,
        max_streams,
        overflow_value,
        ..
    } = &spec.payload.framing
    else {
        return Vec::new();
    };
    let mut state = Vec::new();
    for source in labels.iter().flat_map(|label| label.from.sources()) {
        if let Reference::Config(name) = source {
            state.extend(find(spec, name).as_ref().map(setting));
        }
    }
    let limit = find(spec, max_streams)
        .map(|field| field.name)
        .unwrap_or_default();
    let guard = format!("Streams::new(config.{limit}, {})", literal(overflow_value));
    state.push(("streams".to_owned(), "Streams", guard));
    state
}

/// A setting as labels need it.
fn setting(field: &Field) -> (String, &'static str, String) {
    let config = format!("config.{}", field.name);
    let (kind, value) = match field.spec.kind {
        FieldType::Map => (
            "Vec<(String, String)>",
            format!("streams::pairs(&{config})"),
        ),
        FieldType::List => ("Vec<LabelField>", format!("streams::fields(&{config})")),
        _ if field.is_optional() => (
            "Option<String>",
            format!("streams::present({config}.as_deref())"),
        ),
        _ => (
            "Option<String>",
            format!("streams::present(Some(&{config}))"),
        ),
    };
    (field.name.clone(), kind, value)
}

/// The method that writes the labels of one event.
#[must_use]
pub fn labels(spec: &Spec) -> String {
    let Framing::GroupedStreams { labels, .. } = &spec.payload.framing else {
        return String::new();
    };
    let body: String = labels.iter().map(|label| one(spec, label)).collect();
    format!(
        "\n    /// The labels of an event's stream; the first to give a name wins.\n    fn write_labels(&self, event: &Event, labels: &mut Labels<'_>) {{\n{body}    }}\n"
    )
}

fn one(spec: &Spec, label: &Label) -> String {
    let sources = label.from.sources();
    let Some(name) = &label.name else {
        return several(spec, sources.first());
    };
    let branches: Vec<_> = sources
        .iter()
        .map(|source| {
            let (condition, call) = condition(spec, name, *source);
            (condition, vec![Statement::call(call)])
        })
        .collect();
    chain(8, &branches)
}

/// Labels that a setting names: a map of fixed ones, a list of fields.
fn several(spec: &Spec, source: Option<&Reference<'_>>) -> String {
    let Some(Reference::Config(config)) = source else {
        return String::new();
    };
    let Some(field) = find(spec, config) else {
        return String::new();
    };
    match field.spec.kind {
        FieldType::Map => format!("        labels.pairs(&self.{});\n", field.name),
        _ => format!("        labels.fields(event, &self.{});\n", field.name),
    }
}

fn condition(spec: &Spec, name: &str, source: Reference<'_>) -> (Option<String>, Expr) {
    let call = |method: &str, value: &str| {
        Expr::call(format!("labels.{method}"), [&*literal(name), value])
    };
    match source {
        Reference::Config(config) => {
            let field = find(spec, config).map_or_else(|| snake(config), |field| field.name);
            let condition = format!("let Some(value) = &self.{field}");
            (Some(condition), call("fixed", "value"))
        }
        Reference::Key(part, path) => {
            let path: Vec<_> = path.split('/').map(literal).collect();
            let (part, path) = (part.name(), path.join(", "));
            let condition = format!("let Some(value) = lookup(&event.{part}, &[{path}])");
            (Some(condition), call("value", "value"))
        }
        Reference::Level => (None, call("string", "event.level.as_lower()")),
        Reference::Logger => (
            Some("!event.logger.is_empty()".to_owned()),
            call("string", "&event.logger"),
        ),
        Reference::Message | Reference::Timestamp | Reference::Part(_) => {
            (None, call("string", "&event.message"))
        }
    }
}
