//! The settings of a sink as Python: names, types, defaults, and how to read one.

use serde_json::Value;

use super::layout::Expr;
use super::module::Module;
use super::names::{attributes, upper};
use super::text::literal;
use crate::languages::common::names::{camel, unique};
use crate::sink::{Kind, Setting, SettingForm, SettingId, Sink};
use crate::text::number;

/// One setting as Python has it.
#[derive(Debug, Clone)]
pub struct Field<'a> {
    /// The setting.
    pub setting: &'a Setting,
    /// Its attribute.
    pub attribute: String,
    /// Name of its enum, where it is one.
    pub choice: Option<String>,
}

/// Every setting, in order.
#[must_use]
pub fn fields(sink: &Sink) -> Vec<Field<'_>> {
    let settings = sink.settings.iter().zip(attributes(sink));
    let fields = settings.map(|(setting, attribute)| {
        let is_choice = matches!(setting.kind, Kind::Enum(_));
        Field {
            setting,
            attribute,
            choice: is_choice.then(|| choice(sink, &setting.name)),
        }
    });
    fields.collect()
}

/// One setting.
#[must_use]
pub fn field(sink: &Sink, id: SettingId) -> Field<'_> {
    fields(sink).swap_remove(id.0)
}

/// The enum of a setting; its name is that of no other class of the sink.
fn choice(sink: &Sink, name: &str) -> String {
    let name = format!("{}{}", sink.type_prefix, camel(name));
    let others = ["Sink", "SinkConfig", "Encoder", "Transport", "Compression"];
    let is_taken = name
        .strip_prefix(&sink.type_prefix)
        .is_some_and(|rest| others.contains(&rest));
    if is_taken {
        format!("{name}Choice")
    } else {
        name
    }
}

impl Field<'_> {
    /// Whether it can be `None`: also what is required, because a sink without it is made all the
    /// same and refuses events.
    #[must_use]
    pub fn may_be_none(&self) -> bool {
        !self.setting.is_collection() && self.setting.default().is_none()
    }

    /// Type without `None`.
    pub fn base_type(&self, module: &mut Module) -> String {
        match &self.setting.kind {
            Kind::Text(_) => "str".to_owned(),
            Kind::Url { whole: false } => module.base("EndpointUrl").to_owned(),
            Kind::Url { whole: true } => module.base("WholeUrl").to_owned(),
            Kind::Secret(_) | Kind::SecretUrl => module.base("Secret").to_owned(),
            Kind::Bool => "bool".to_owned(),
            Kind::Int { .. } => "int".to_owned(),
            Kind::Float { .. } | Kind::Duration { .. } => "float".to_owned(),
            Kind::Enum(_) => self.choice.clone().unwrap_or_default(),
            Kind::List { .. } => module.base("TextList").to_owned(),
            Kind::Map => module.base("TextMap").to_owned(),
            Kind::SecretMap => module.base("SecretMap").to_owned(),
        }
    }

    /// What stands after `=` in the config class, and whether it is a call of `Field`.
    #[must_use]
    pub fn default(&self) -> Default {
        let (kind, value) = (&self.setting.kind, self.setting.default());
        Default::Value(match (kind, value) {
            (Kind::SecretMap, _) => return Default::Factory(Expr::text("dict")),
            (Kind::Map, value) => {
                let pairs = value.and_then(Value::as_object);
                let mut pairs = pairs.into_iter().flatten().peekable();
                return Default::Factory(if pairs.peek().is_none() {
                    Expr::text("dict")
                } else {
                    let items = pairs.map(|(key, value)| (literal(key), json(value)));
                    Expr::Prefixed("lambda: ".to_owned(), Box::new(Expr::dict(items)))
                });
            }
            (Kind::List { .. }, value) => {
                let items = value.and_then(Value::as_array).into_iter().flatten();
                let items: Vec<Expr> = items.map(json).collect();
                if items.is_empty() {
                    Expr::text("()")
                } else {
                    Expr::tuple(items)
                }
            }
            (_, None) => Expr::text("None"),
            (Kind::Enum(_), Some(Value::String(text))) => Expr::text(self.member(text)),
            (Kind::Float { .. } | Kind::Duration { .. }, Some(value)) => {
                Expr::text(format!("{:?}", value.as_f64().unwrap_or(0.0)))
            }
            (_, Some(value)) => json(value),
        })
    }

    /// The enum member of a value.
    #[must_use]
    pub fn member(&self, value: &str) -> String {
        let (Kind::Enum(values), Some(choice)) = (&self.setting.kind, &self.choice) else {
            return literal(value);
        };
        let words = values.iter().map(|known| known.value.as_str());
        let known = values.iter().zip(members(words));
        let mut found = known.filter(|(known, _)| known.value == value);
        found.next().map_or_else(
            || literal(value),
            |(_, member)| format!("{choice}.{member}"),
        )
    }

    /// The expression of its value as text, empty where it is not set; `config` holds it.
    pub fn text(&self, module: &mut Module) -> String {
        let value = self.value();
        match self.setting.kind {
            Kind::Text(_) | Kind::Url { .. } if self.may_be_none() => format!("{value} or \"\""),
            Kind::Text(_) | Kind::Url { .. } => value,
            Kind::Enum(_) if !self.may_be_none() => format!("{value}.value"),
            Kind::Secret(_) | Kind::SecretUrl => format!("{}({value})", module.base("expose")),
            _ => format!("{}({value})", module.part("_settings", "setting_text")),
        }
    }

    /// The same where it is known to be set.
    pub fn text_set(&self, module: &mut Module) -> String {
        match self.setting.kind {
            Kind::Text(_) | Kind::Url { .. } => self.value(),
            _ => self.text(module),
        }
    }

    /// The expression of its value in a form, `None` where it is absent.
    pub fn json(&self, form: SettingForm, module: &mut Module) -> String {
        let value = self.value();
        match (form, &self.setting.kind) {
            (SettingForm::OtlpAttributes, _) => {
                format!(
                    "{}({value}) or None",
                    module.part("_otlp", "otlp_attributes")
                )
            }
            (_, Kind::Text(_) | Kind::Url { .. }) => {
                format!("{value} or None")
            }
            (SettingForm::Text, _) => format!("{} or None", self.text(module)),
            (_, Kind::Secret(_) | Kind::SecretUrl) => {
                format!("{}({value}) or None", module.base("expose"))
            }
            (_, Kind::List { .. } | Kind::Map) => format!("{value} or None"),
            _ => value,
        }
    }

    /// Where it lies.
    #[must_use]
    pub fn value(&self) -> String {
        format!("config.{}", self.attribute)
    }

    /// The condition under which it is set.
    #[must_use]
    pub fn is_set(&self) -> String {
        let value = self.value();
        if self.setting.is_text() || self.setting.is_collection() {
            value
        } else {
            format!("{value} is not None")
        }
    }
}

/// The members of an enum.
pub fn members<'w>(words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let mut taken = Vec::new();
    for word in words {
        unique(&upper(word), &mut taken);
    }
    taken
}

/// What a setting is when nothing is given.
#[derive(Debug)]
pub enum Default {
    /// A value.
    Value(Expr),
    /// What makes the value.
    Factory(Expr),
}

/// A JSON value as a Python expression.
#[must_use]
pub fn json(value: &Value) -> Expr {
    match value {
        Value::Array(items) => Expr::list(items.iter().map(json)),
        Value::Object(pairs) => {
            Expr::dict(pairs.iter().map(|(key, value)| (literal(key), json(value))))
        }
        Value::String(text) => Expr::text(literal(text)),
        Value::Bool(true) => Expr::text("True"),
        Value::Bool(false) => Expr::text("False"),
        Value::Null => Expr::text("None"),
        Value::Number(given) => Expr::text(match (given.as_u64(), given.as_i64()) {
            (Some(whole), _) => number(whole),
            (None, Some(negative)) => negative.to_string(),
            // Python reads 1e+16 as Rust writes it.
            (None, None) => given.to_string(),
        }),
    }
}
