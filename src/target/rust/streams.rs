//! Labels of grouped streams.

use super::fields::{Field, find};
use super::layout::{Expr, statement};
use super::names::snake;
use super::source::{Source, part_name, sources};
use super::text::literal;
use crate::provider::model::{FieldType, Framing, Label, Spec};

/// Fields of the encoder: name, type, and the expression that fills it.
#[must_use]
pub fn state(spec: &Spec, framing: &Framing) -> Vec<(String, &'static str, String)> {
    let Framing::GroupedStreams {
        labels,
        max_streams,
        overflow_value,
    } = framing
    else {
        return Vec::new();
    };
    let mut state = Vec::new();
    for label in labels {
        for source in sources(&label.from) {
            let Source::Config(name) = source else {
                continue;
            };
            let Some(field) = find(spec, &name) else {
                continue;
            };
            state.push(setting(&field));
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
pub fn labels(spec: &Spec, labels: &[Label]) -> String {
    let body: String = labels.iter().map(|label| one(spec, label)).collect();
    format!(
        "\n    /// The labels of an event's stream; the first to give a name wins.\n    fn write_labels(&self, event: &Event, labels: &mut Labels<'_>) {{\n{body}    }}\n"
    )
}

fn one(spec: &Spec, label: &Label) -> String {
    let sources = sources(&label.from);
    let Some(name) = &label.name else {
        let Some(Source::Config(config)) = sources.first() else {
            return String::new();
        };
        let Some(field) = find(spec, config) else {
            return String::new();
        };
        return match field.spec.kind {
            FieldType::Map => format!("        labels.pairs(&self.{});\n", field.name),
            _ => format!("        labels.fields(event, &self.{});\n", field.name),
        };
    };
    let mut out = String::new();
    for source in &sources {
        let (condition, call) = condition(spec, name, source);
        let body = |indent| format!("{}\n", statement(indent, "", &call, ";"));
        out += &match (condition, out.is_empty()) {
            (Some(condition), true) => format!("        if {condition} {{\n{}        }}", body(12)),
            (Some(condition), false) => format!(" else if {condition} {{\n{}        }}", body(12)),
            (None, true) => return body(8),
            (None, false) => format!(" else {{\n{}        }}", body(12)),
        };
    }
    out + "\n"
}

fn condition(spec: &Spec, name: &str, source: &Source) -> (Option<String>, Expr) {
    let call = |method: &str, value: &str| {
        Expr::call(
            format!("labels.{method}"),
            [Expr::text(literal(name)), Expr::text(value)],
        )
    };
    match source {
        Source::Config(config) => {
            let field = find(spec, config).map_or_else(|| snake(config), |field| field.name);
            (
                Some(format!("let Some(value) = &self.{field}")),
                call("fixed", "value"),
            )
        }
        Source::Key(part, path) => {
            let path: Vec<_> = path.iter().map(|key| literal(key)).collect();
            let lookup = format!(
                "lookup(&event.{}, &[{}])",
                part_name(*part),
                path.join(", ")
            );
            (
                Some(format!("let Some(value) = {lookup}")),
                call("value", "value"),
            )
        }
        Source::Level => (None, call("string", "event.level.as_lower()")),
        Source::Logger => (
            Some("!event.logger.is_empty()".to_owned()),
            call("string", "&event.logger"),
        ),
        Source::Message | Source::Timestamp | Source::Part(_) => {
            (None, call("string", "&event.message"))
        }
    }
}
