//! The settings of a spec as Rust: names, types, and how to read one as text.

use super::names::{camel, snake};
use super::text::literal;
use crate::spec::model::{ConfigField, FieldType, Spec};
use crate::spec::resolve::typed;
use crate::text::number;

/// One setting.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// Its name in settings.
    pub key: &'a str,
    /// Its name in Rust.
    pub name: String,
    /// Its description in the spec.
    pub spec: &'a ConfigField,
    /// Name of its enum, where it is one.
    pub choice: Option<String>,
}

/// Settings in the order of the spec.
#[must_use]
pub fn fields(spec: &Spec) -> Vec<Field<'_>> {
    let prefix = spec.type_prefix();
    let field = |(key, field)| of(&prefix, key, field);
    spec.config.iter().map(field).collect()
}

/// One setting by name.
#[must_use]
pub fn find<'a>(spec: &'a Spec, key: &str) -> Option<Field<'a>> {
    let (key, field) = spec.config.get_key_value(key)?;
    Some(of(&spec.type_prefix(), key, field))
}

fn of<'a>(prefix: &str, key: &'a String, field: &'a ConfigField) -> Field<'a> {
    let choice = (field.kind == FieldType::Enum).then(|| format!("{prefix}{}", camel(key)));
    Field {
        key,
        name: snake(key),
        spec: field,
        choice,
    }
}

impl Field<'_> {
    /// Whether it may be absent: then it is an `Option`.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        self.spec.is_optional()
    }

    /// Type without `Option`.
    #[must_use]
    pub fn base_type(&self) -> String {
        match self.spec.kind {
            FieldType::String | FieldType::Url => "String".to_owned(),
            FieldType::Secret => "Secret".to_owned(),
            FieldType::Bool => "bool".to_owned(),
            FieldType::Int => "i64".to_owned(),
            FieldType::Float => "f64".to_owned(),
            FieldType::Duration => "Duration".to_owned(),
            FieldType::Enum => self.choice.clone().unwrap_or_default(),
            FieldType::List => "Vec<String>".to_owned(),
            FieldType::Map => "Vec<(String, String)>".to_owned(),
        }
    }

    /// Type of the field.
    #[must_use]
    pub fn rust_type(&self) -> String {
        let base = self.base_type();
        if self.is_optional() {
            format!("Option<{base}>")
        } else {
            base
        }
    }

    /// The function of `Fields` that reads it.
    #[must_use]
    pub fn reader(&self) -> &'static str {
        match self.spec.kind {
            FieldType::Enum => "choice",
            FieldType::List if self.spec.spaced => "words",
            kind => kind.name(),
        }
    }

    /// An expression for its default, in a place where the type is known.
    #[must_use]
    pub fn default_expression(&self) -> String {
        let Some(default) = &self.spec.default else {
            return match self.spec.kind {
                _ if self.is_optional() => "None".to_owned(),
                _ => "Vec::new()".to_owned(),
            };
        };
        match self.spec.kind {
            FieldType::Duration => match default.as_u64() {
                Some(seconds) => format!("Duration::from_secs({})", number(seconds)),
                None => format!(
                    "Duration::from_secs_f64({})",
                    float(default.as_f64().unwrap_or_default())
                ),
            },
            FieldType::Int => default.as_i64().map_or_else(|| "0".to_owned(), signed),
            FieldType::Float => float(default.as_f64().unwrap_or_default()),
            FieldType::Bool => default.to_string(),
            FieldType::Enum => format!("{}::default()", self.base_type()),
            FieldType::List => list(
                default
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(typed)
                    .map(|text| owned(&text)),
            ),
            FieldType::Map => {
                let pairs = default.as_object().into_iter().flatten();
                list(
                    pairs.map(|(key, value)| format!("({}, {})", owned(key), owned(&typed(value)))),
                )
            }
            FieldType::String | FieldType::Url | FieldType::Secret => owned(&typed(default)),
        }
    }

    /// An expression of a type that prints as the setting's text; `value` is a reference to it.
    #[must_use]
    pub fn shown(&self, value: &str) -> String {
        match self.spec.kind {
            FieldType::Secret => format!("{value}.expose()"),
            FieldType::Enum => format!("{value}.as_str()"),
            FieldType::Duration => format!("{value}.as_secs_f64()"),
            _ => value.to_owned(),
        }
    }

    /// [`Field::shown`] of the setting in `config`.
    #[must_use]
    pub fn shown_in_config(&self) -> String {
        self.shown(&format!("config.{}", self.name))
    }
}

/// A reference to what [`Field::shown`] gave: calls among these give references already.
#[must_use]
pub fn reference(shown: &str) -> String {
    if shown.ends_with(')') {
        shown.to_owned()
    } else {
        format!("&{shown}")
    }
}

fn owned(text: &str) -> String {
    format!("{}.to_owned()", literal(text))
}

fn list(items: impl Iterator<Item = String>) -> String {
    let items: Vec<_> = items.collect();
    if items.is_empty() {
        "Vec::new()".to_owned()
    } else {
        format!("vec![{}]", items.join(", "))
    }
}

fn float(value: f64) -> String {
    format!("{value:?}")
}

pub(super) fn signed(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", number(value.unsigned_abs()))
}
