//! Texts with `{field}` holes as `format!` would take them.

use super::super::common::holes::{Piece, pieces, settings};
use super::fields::{Field, find};
use super::text::literal;
use crate::spec::model::Spec;

/// A text with `{field}` holes as a format string and its arguments, each setting's text wrapped
/// by `fill`.
pub fn template(spec: &Spec, text: &str, fill: impl Fn(String) -> String) -> (String, Vec<String>) {
    let mut format = String::new();
    let mut arguments = Vec::new();
    for piece in pieces(spec, text) {
        match piece {
            Piece::Text(text) => format += &escape_braces(text),
            Piece::Setting(key) => {
                format += "{}";
                arguments.extend(find(spec, key).map(|field| fill(field.shown_in_config())));
            }
        }
    }
    (literal(&format), arguments)
}

/// The settings in `text` that may be unset: a statement over it is left out while one of them is.
#[must_use]
pub fn optional<'s>(spec: &'s Spec, text: &str) -> Vec<Field<'s>> {
    let fields = settings(spec, text)
        .into_iter()
        .filter_map(|key| find(spec, key));
    fields.filter(Field::is_optional).collect()
}

/// The condition that all of `fields` are set, each under its own name from there on.
#[must_use]
pub fn all_set(fields: &[Field]) -> Option<String> {
    let each = fields
        .iter()
        .map(|field| format!("let Some({0}) = &config.{0}", field.name));
    let conditions: Vec<String> = each.collect();
    (!conditions.is_empty()).then(|| conditions.join(" && "))
}

/// `value` with the bound names of `fields` in place of their places in `config`.
#[must_use]
pub fn with_bound_names(value: String, fields: &[Field]) -> String {
    fields.iter().fold(value, |value, field| {
        let place = format!("config.{}", field.name);
        value
            .replace(&format!("&{place}"), &field.name)
            .replace(&place, &field.name)
    })
}

/// Text of a format string that stands for itself.
#[must_use]
pub fn escape_braces(text: &str) -> String {
    text.replace('{', "{{").replace('}', "}}")
}
