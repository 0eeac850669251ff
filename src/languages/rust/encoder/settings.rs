//! Settings that stand in every record, as fields of the encoder that hold them encoded.

use super::super::fields::{Field, find, reference};
use super::lower::Setting;
use crate::spec::model::{FieldType, Spec};

/// The expression that encodes a setting; `None` for a setting the spec does not have.
#[must_use]
pub fn encoded(spec: &Spec, setting: &Setting) -> Option<String> {
    let field = find(spec, &setting.config)?;
    let config = format!("config.{}", field.name);
    let function = function(&field, setting.is_joined);
    Some(match (field.is_optional(), function) {
        (true, "text") if field.spec.kind == FieldType::Enum => {
            format!("{config}.and_then(|choice| constant::text(choice.as_str()))")
        }
        (true, "text") => format!("{config}.as_deref().and_then(constant::text)"),
        (true, _) => format!("{config}.as_ref().map(constant::json)"),
        (false, "text") => format!("constant::text({})", reference(&field.shown(&config))),
        (false, "json") => format!("Some(constant::json(&{config}))"),
        (false, _) => format!("constant::{function}(&{config})"),
    })
}

/// The function of the part `constant` that encodes a setting.
fn function(field: &Field, is_joined: bool) -> &'static str {
    match field.spec.kind {
        FieldType::Map if is_joined => "comma_pairs",
        FieldType::Map => "object",
        FieldType::List if is_joined => "comma_list",
        FieldType::List => "list",
        FieldType::String | FieldType::Url | FieldType::Enum | FieldType::Secret => "text",
        FieldType::Bool | FieldType::Int | FieldType::Float | FieldType::Duration => "json",
    }
}
