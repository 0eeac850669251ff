//! The settings of a spec as Python: types, defaults, and how to read one as text.

use serde_json::Value;

use super::layout::Expr;
use super::names::upper;
use super::text::literal;
use crate::languages::common::names::camel;
use crate::spec::model::{ConfigField, FieldType, Spec};

/// One setting.
#[derive(Debug, Clone)]
pub struct Setting<'a> {
    /// Its name, in settings and in Python.
    pub key: &'a str,
    /// Its description in the spec.
    pub spec: &'a ConfigField,
    /// Name of its enum, where it is one.
    pub choice: Option<String>,
}

/// Settings in the order of the spec.
#[must_use]
pub fn all(spec: &Spec) -> Vec<Setting<'_>> {
    spec.config
        .iter()
        .map(|(key, field)| of(spec, key, field))
        .collect()
}

/// One setting by name.
#[must_use]
pub fn find<'a>(spec: &'a Spec, key: &str) -> Option<Setting<'a>> {
    let (key, field) = spec.config.get_key_value(key)?;
    Some(of(spec, key, field))
}

fn of<'a>(spec: &Spec, key: &'a str, field: &'a ConfigField) -> Setting<'a> {
    let is_choice = field.kind == FieldType::Enum;
    let choice = is_choice.then(|| format!("{}{}", spec.type_prefix(), camel(key)));
    Setting {
        key,
        spec: field,
        choice,
    }
}

impl Setting<'_> {
    /// Whether it can be `None`: also what is required, because a sink without it is made all the
    /// same and refuses events.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        !self.is_collection() && self.spec.default.is_none()
    }

    /// Whether it is a list or a map, which are empty rather than absent.
    #[must_use]
    pub fn is_collection(&self) -> bool {
        matches!(self.spec.kind, FieldType::List | FieldType::Map)
    }

    /// Whether its value is text, so that empty text means absent.
    #[must_use]
    pub fn is_text(&self) -> bool {
        use FieldType::{Enum, Secret, String, Url};
        matches!(self.spec.kind, String | Url | Enum | Secret)
    }

    /// Type without `None`.
    #[must_use]
    pub fn base_type(&self) -> String {
        match self.spec.kind {
            FieldType::String => "str".to_owned(),
            FieldType::Url => "EndpointUrl".to_owned(),
            FieldType::Secret => "Secret".to_owned(),
            FieldType::Bool => "bool".to_owned(),
            FieldType::Int => "int".to_owned(),
            FieldType::Float | FieldType::Duration => "float".to_owned(),
            FieldType::Enum => self.choice.clone().unwrap_or_default(),
            FieldType::List => "TextList".to_owned(),
            FieldType::Map => "TextMap".to_owned(),
        }
    }

    /// The expression after `=` in the config class.
    #[must_use]
    pub fn default(&self) -> Expr {
        let Some(default) = &self.spec.default else {
            return Expr::text(match self.spec.kind {
                FieldType::List => "()",
                FieldType::Map => "Field(default_factory=dict)",
                _ => "None",
            });
        };
        match (self.spec.kind, default) {
            (FieldType::Map, Value::Object(pairs)) if pairs.is_empty() => {
                Expr::text("Field(default_factory=dict)")
            }
            (FieldType::Map, Value::Object(pairs)) => {
                let items = pairs
                    .iter()
                    .map(|(key, value)| (literal(key), value_expr(value)));
                let dict = Expr::Prefixed("lambda: ".to_owned(), Box::new(Expr::dict(items)));
                Expr::call("Field", [Expr::keyword("default_factory", dict)])
            }
            (FieldType::List, Value::Array(items)) if items.is_empty() => Expr::text("()"),
            (FieldType::List, Value::Array(items)) => Expr::tuple(items.iter().map(value_expr)),
            (FieldType::Enum, Value::String(text)) => Expr::text(self.member(text)),
            (FieldType::Float | FieldType::Duration, value) => {
                Expr::text(format!("{:?}", value.as_f64().unwrap_or_default()))
            }
            (_, value) => value_expr(value),
        }
    }

    /// The enum member of a value.
    #[must_use]
    pub fn member(&self, value: &str) -> String {
        format!("{}.{}", self.base_type(), upper(value))
    }

    /// An expression of the value in JSON's types; `None` or empty text where it is not set.
    #[must_use]
    pub fn plain(&self) -> String {
        let config = format!("config.{}", self.key);
        match (self.spec.kind, self.is_optional()) {
            (FieldType::Secret, true) => format!("{config} and {config}.get_secret_value()"),
            (FieldType::Enum, true) => format!("{config} and {config}.value"),
            (FieldType::Secret, false) => format!("{config}.get_secret_value()"),
            (FieldType::Enum, false) => format!("{config}.value"),
            _ => config,
        }
    }

    /// An expression of a text where it is known to be set.
    #[must_use]
    pub fn plain_set(&self) -> String {
        let config = format!("config.{}", self.key);
        match self.spec.kind {
            FieldType::Secret => format!("{config}.get_secret_value()"),
            FieldType::Enum => format!("{config}.value"),
            _ => config,
        }
    }

    /// An expression of the value as text; empty where it is not set.
    #[must_use]
    pub fn shown(&self) -> String {
        let config = format!("config.{}", self.key);
        match (self.spec.kind, self.is_optional()) {
            (FieldType::String | FieldType::Url, true) => format!("{config} or \"\""),
            (FieldType::String | FieldType::Url, false) => config,
            (FieldType::Secret, true) => format!("expose({config})"),
            (FieldType::Enum, true) => format!("{config}.value if {config} else \"\""),
            (FieldType::Secret | FieldType::Enum, false) => self.plain(),
            (FieldType::Float | FieldType::Duration, _) => format!("f\"{{{config}:.15g}}\""),
            _ => format!("value_text({config}) or \"\""),
        }
    }

    /// The condition under which it is set.
    #[must_use]
    pub fn is_set(&self) -> String {
        let config = format!("config.{}", self.key);
        if self.is_text() || self.is_collection() {
            config
        } else {
            format!("{config} is not None")
        }
    }
}

fn value_expr(value: &Value) -> Expr {
    Expr::text(match value {
        Value::String(text) => literal(text),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Null => "None".to_owned(),
        Value::Number(number) => match number.as_u64() {
            Some(whole) => grouped(whole),
            None => number.to_string(),
        },
        other => literal(&other.to_string()),
    })
}

/// A JSON value as a Python expression.
#[must_use]
pub fn json_expr(value: &Value) -> Expr {
    match value {
        Value::Array(items) => Expr::list(items.iter().map(json_expr)),
        Value::Object(pairs) => Expr::dict(
            pairs
                .iter()
                .map(|(key, value)| (literal(key), json_expr(value))),
        ),
        other => value_expr(other),
    }
}

/// `1000000` → `1_000_000`, `1000` → `1_000`.
#[must_use]
pub fn grouped(value: u64) -> String {
    crate::text::number(value)
}
