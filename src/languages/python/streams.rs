//! Labels of grouped streams.

use super::layout::{Expr, statement};
use super::settings::field;
use super::text::literal;
use super::values::Printer;
use crate::sink::{Chain, From, Label, SettingForm, SettingId, Streams};

/// What a label's value is made of.
struct Parts<'c> {
    /// Settings that come before anything of the event.
    first: Option<SettingId>,
    /// What the event gives.
    event: &'c [From],
    /// The setting or text that comes after it.
    last: Option<&'c From>,
}

fn parts(value: &Chain) -> Parts<'_> {
    let (first, rest) = match value.sources.as_slice() {
        [From::Setting { id, .. }, rest @ ..] => (Some(*id), rest),
        rest => (None, rest),
    };
    let (last, event) = match rest {
        [event @ .., last @ (From::Setting { .. } | From::Default(_))] => (Some(last), event),
        event => (None, event),
    };
    Parts { first, event, last }
}

/// The statements of `__init__`, and those of the method that reads what an event gives.
pub fn labels(printer: &mut Printer<'_>, streams: &Streams) -> (String, String) {
    let mut items = Vec::new();
    let mut values: Vec<String> = Vec::new();
    for label in &streams.labels {
        match label {
            Label::Named { name, value, .. } => {
                items.push(named(printer, name, value));
                values.extend(of_event(printer, value));
            }
            Label::Pairs(id) => {
                let setting = field(printer.sink, *id).value();
                items.push(format!(
                    "*[Label(name, value) for name, value in {setting}.items()]"
                ));
            }
            Label::Fields(id) => {
                let field = field(printer.sink, *id);
                let attribute = format!("self._{}", field.setting.name);
                printer.module.part("_streams", "EventLabel");
                let list = Expr::list([Expr::text(format!(
                    "EventLabel(reference) for reference in {}",
                    field.value()
                ))]);
                let line = statement(8, &format!("{attribute} = "), &list, "");
                printer.state.push(line.replace(
                    &format!("{},\n", field.value()),
                    &format!("{}\n", field.value()),
                ));
                items.push(format!("*[Label(field.name) for field in {attribute}]"));
                values.push(format!(
                    "        if {attribute}:\n            values.extend([field.value(event) for field in {attribute}])"
                ));
            }
        }
    }
    for name in ["Label", "StreamLabels", "write_streams"] {
        printer.module.part("_streams", name);
    }
    let labels = Expr::list(items.into_iter().map(Expr::Text));
    let most = field(printer.sink, streams.max_streams);
    let least = if most.may_be_none() { " or 1" } else { "" };
    let arguments = [
        "labels".to_owned(),
        format!("{}{least}", most.value()),
        literal(&streams.overflow_value),
    ];
    let call = Expr::call("StreamLabels", arguments.map(Expr::Text));
    let state = format!(
        "{}\n{}",
        statement(8, "labels = ", &labels, ""),
        statement(8, "self._labels = ", &call, "")
    );
    (state, values.join("\n"))
}

/// `Label(name, value, otherwise)`.
fn named(printer: &mut Printer<'_>, name: &str, value: &Chain) -> String {
    let Parts { first, event, last } = parts(value);
    let first = first.map(|id| printer.setting(id, SettingForm::Text));
    let last = last.map(|from| match from {
        From::Setting { id, .. } => printer.setting(*id, SettingForm::Text),
        From::Default(value) => {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            literal(&text)
        }
        _ => "None".to_owned(),
    });
    let name = literal(name);
    match (first, event, last) {
        (Some(first), [], None) => format!("Label({name}, {first} or \"\")"),
        (Some(first), [], Some(last)) => format!("Label({name}, {first} or {last} or \"\")"),
        (None, [], Some(last)) => format!("Label({name}, {last} or \"\")"),
        (None, _, None) => format!("Label({name})"),
        (Some(first), _, None) => format!("Label({name}, {first})"),
        (None, _, Some(last)) => format!("Label({name}, otherwise={last})"),
        (Some(first), _, Some(last)) => format!("Label({name}, {first}, {last})"),
    }
}

/// The statement that reads what the event gives to a label.
fn of_event(printer: &mut Printer<'_>, value: &Chain) -> Option<String> {
    let Parts { first, event, .. } = parts(value);
    if event.is_empty() {
        return None;
    }
    let (value, _) = printer.chain_text(&Chain {
        sources: event.to_vec(),
    });
    let call = Expr::call("values.append", [value]);
    Some(match first {
        Some(id) => {
            let setting = printer.setting(id, SettingForm::Text);
            format!(
                "        if {setting} is None:\n{}",
                statement(12, "", &call, "")
            )
        }
        None => statement(8, "", &call, ""),
    })
}
