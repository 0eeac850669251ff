//! Labels of grouped streams.

use super::encoder::key;
use super::layout::{Expr, statement};
use super::settings;
use super::text::{docstring, literal};
use crate::spec::model::{FieldType, Framing, Label, Spec};
use crate::spec::resolve::Reference;

/// Statements of the encoder's `__init__`.
#[must_use]
pub fn state(spec: &Spec) -> String {
    let Framing::GroupedStreams {
        labels,
        max_streams,
        overflow_value,
        ..
    } = &spec.payload.framing
    else {
        return String::new();
    };
    let mut out = String::new();
    let mut items = Vec::new();
    for label in labels {
        let references = label.from.sources();
        let Some(name) = &label.name else {
            let Some(Reference::Config(config)) = references.first() else {
                continue;
            };
            if is_map(spec, config) {
                items.push(format!(
                    "*[Label(name, value) for name, value in config.{config}.items()]"
                ));
            } else {
                out += &list(config);
                items.push(format!("*[Label(field.name) for field in self._{config}]"));
            }
            continue;
        };
        let name = literal(name);
        match references.as_slice() {
            [Reference::Config(config)] => {
                items.push(format!("Label({name}, {})", text(spec, config, "\"\"")));
            }
            [Reference::Config(config), ..] => {
                out += &format!("        self._{config} = {}\n", text(spec, config, "None"));
                items.push(format!("Label({name}, self._{config})"));
            }
            _ => items.push(format!("Label({name})")),
        }
    }
    let labels = Expr::list(items.into_iter().map(Expr::Text));
    out += &format!("{}\n", statement(8, "labels = ", &labels, ""));
    let limit = format!("config.{max_streams}");
    let call = Expr::call(
        "StreamLabels",
        ["labels".to_owned(), limit, literal(overflow_value)].map(Expr::Text),
    );
    out + &statement(8, "self._labels = ", &call, "")
}

fn is_map(spec: &Spec, config: &str) -> bool {
    settings::find(spec, config).is_some_and(|setting| setting.spec.kind == FieldType::Map)
}

fn list(config: &str) -> String {
    let comprehension = format!("EventLabel(reference) for reference in config.{config}");
    let list = Expr::list([Expr::Text(comprehension)]);
    let line = statement(8, &format!("self._{config} = "), &list, "");
    if !line.contains('\n') {
        return line + "\n";
    }
    format!(
        "        self._{config} = [\n            EventLabel(reference) for reference in config.{config}\n        ]\n"
    )
}

fn text(spec: &Spec, config: &str, absent: &str) -> String {
    match settings::find(spec, config) {
        Some(setting) if setting.is_text() => format!("{} or {absent}", setting.plain()),
        _ => format!("value_text(config.{config}) or {absent}"),
    }
}

/// The method that reads the labels an event gives.
#[must_use]
pub fn method(spec: &Spec) -> Option<String> {
    let Framing::GroupedStreams { labels, .. } = &spec.payload.framing else {
        return None;
    };
    let docs = docstring(
        8,
        &["Return what the event gives to labels that the settings leave open.".to_owned()],
    );
    let body: String = labels.iter().map(|label| one(spec, label)).collect();
    Some(format!(
        "    def _label_values(self, event: Event) -> tuple[str | None, ...]:\n{docs}\n        values: list[str | None] = []\n{body}        return tuple(values)"
    ))
}

fn one(spec: &Spec, label: &Label) -> String {
    let references = label.from.sources();
    if label.name.is_none() {
        return match references.first() {
            Some(Reference::Config(config)) if !is_map(spec, config) => {
                format!(
                    "        if self._{config}:\n            values.extend([field.value(event) for field in self._{config}])\n"
                )
            }
            _ => String::new(),
        };
    }
    match references.as_slice() {
        [] | [Reference::Config(_)] => String::new(),
        [Reference::Config(config), others @ ..] => format!(
            "        if self._{config} is None:\n            values.append({})\n",
            from_event(others)
        ),
        others => format!("        values.append({})\n", from_event(others)),
    }
}

/// The first of some parts of the event that is present, as text.
fn from_event(sources: &[Reference]) -> String {
    let mut out = String::new();
    for source in sources.iter().rev() {
        out = match source {
            Reference::Level => "event.level".to_owned(),
            Reference::Key(part, path) if out.is_empty() => {
                format!("value_text({})", key(*part, path))
            }
            Reference::Key(part, path) => {
                let value = key(*part, path);
                format!("value_text({value}) if {value} is not None else {out}")
            }
            Reference::Logger if out.is_empty() => "event.logger".to_owned(),
            Reference::Logger => format!("event.logger or {out}"),
            Reference::Message
            | Reference::Timestamp
            | Reference::Part(_)
            | Reference::Config(_) => "event.message".to_owned(),
        };
    }
    out
}
