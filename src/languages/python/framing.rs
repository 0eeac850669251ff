//! How records stand together in a body.

use serde_json::Value;

use super::layout::{Expr, statement};
use super::settings;
use super::text::{bytes_literal, f_string_text, literal};
use crate::languages::common::holes::settings as holes;
use crate::spec::model::{Framing, Spec};

/// The body of one provider.
pub struct Body {
    /// What the encoder writes, in a sentence.
    pub docs: String,
    /// Statements of `write_payload`.
    pub payload: String,
    /// Statements of `__init__`.
    pub state: Vec<String>,
}

/// Lowers the framing of `spec`.
#[must_use]
pub fn of(spec: &Spec) -> Body {
    let mut state = Vec::new();
    let (docs, payload) = match &spec.payload.framing {
        Framing::JsonArray {} => {
            ("Writes each event as a JSON object and each batch as one array.", "return json_array(records)".to_owned())
        }
        Framing::Ndjson {} => {
            ("Writes each event as a JSON object on a line of its own.", "return ndjson(records)".to_owned())
        }
        Framing::Sdk {} => (
            "Writes each event as a JSON object, which the SDK takes one by one.",
            "# The SDK takes records one by one; this is how they look in a file.\n        return ndjson(records)".to_owned(),
        ),
        Framing::Concatenated {} => (
            "Writes each event as a JSON object, with nothing between them.",
            "return b\"\".join(records.bytes)".to_owned(),
        ),
        Framing::ActionLines { action } => {
            let call = Expr::call("dumps", [action_expr(spec, action)]);
            state.push(statement(8, "self._action = ", &call, " + b\"\\n\""));
            (
                "Writes each event as a JSON object on a line of its own, after a line with the action.",
                "return b\"\".join([self._action + data + b\"\\n\" for data in records.bytes])".to_owned(),
            )
        }
        Framing::JsonObject { list, constants } => {
            let constants: String =
                constants.iter().map(|(key, value)| format!("{}:{value},", Value::from(key.as_str()))).collect();
            let open = bytes_literal(&format!("{{{constants}{}:[", Value::from(list.as_str())));
            (
                "Writes each event as a JSON object and each batch as a list within one object.",
                json_list(open),
            )
        }
        Framing::GroupedStreams { .. } => (
            "Writes each event as an entry and each batch as entries grouped by their labels.",
            "return write_streams(records)".to_owned(),
        ),
    };
    Body {
        docs: docs.to_owned(),
        payload: format!("        {payload}"),
        state,
    }
}

/// The statement that writes records as a list after `open`, within one object.
fn json_list(open: String) -> String {
    let arguments = ["records".to_owned(), open, "b\"]}\"".to_owned()];
    let call = Expr::call("json_array", arguments.map(Expr::Text));
    statement(8, "return ", &call, "").trim_start().to_owned()
}

/// The action object, its holes filled from settings.
fn action_expr(spec: &Spec, value: &Value) -> Expr {
    match value {
        Value::Object(pairs) => Expr::dict(
            pairs
                .iter()
                .map(|(key, value)| (filled(spec, key), action_expr(spec, value))),
        ),
        Value::Array(items) => Expr::list(items.iter().map(|item| action_expr(spec, item))),
        Value::String(text) => Expr::text(filled(spec, text)),
        other => settings::json_expr(other),
    }
}

/// A text with holes as an expression, each setting as its text.
#[must_use]
pub fn filled(spec: &Spec, text: &str) -> String {
    template(spec, text, |shown| shown)
}

/// A text with holes as an expression, `wrap` around each setting's text.
#[must_use]
pub fn template(spec: &Spec, text: &str, wrap: impl Fn(String) -> String) -> String {
    let names = holes(spec, text);
    if names.is_empty() {
        return literal(text);
    }
    let shown = |name: &str| {
        let shown = settings::find(spec, name)
            .map(|setting| setting.shown())
            .unwrap_or_default();
        wrap(shown)
    };
    if let [name] = names.as_slice()
        && text == format!("{{{name}}}")
    {
        return shown(name);
    }
    let mut out = String::new();
    let mut rest = text;
    for name in &names {
        let hole = format!("{{{name}}}");
        let Some((before, after)) = rest.split_once(&hole) else {
            continue;
        };
        // Python before 3.12 has no double quotes within a hole of a text in double quotes.
        let value = shown(name).replace('"', "'");
        out += &format!("{}{{{value}}}", f_string_text(before));
        rest = after;
    }
    format!("f\"{out}{}\"", f_string_text(rest))
}
