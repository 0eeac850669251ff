//! The settings of a sink as Rust: names, types, and how to read one.

use serde_json::Value as Json;

use super::names::{camel, snake, unique};
use super::text::literal;
use crate::sink::{Kind, Setting, SettingId, Sink};
use crate::text::number;

/// One setting.
#[derive(Debug, Clone)]
pub struct Field<'s> {
    /// The setting.
    pub setting: &'s Setting,
    /// Its name in Rust.
    pub name: String,
    /// Name of its enum, where it is one.
    pub choice: Option<String>,
}

/// The settings of a sink, in its order.
#[derive(Debug, Clone)]
pub struct Fields<'s>(pub Vec<Field<'s>>);

/// Fields of the config that are no settings of the provider.
const OWN_FIELDS: [&str; 3] = ["compression", "connection", "delivery"];
/// Endings of the types that every provider has.
const OWN_TYPES: [&str; 4] = ["Sink", "SinkConfig", "Encoder", "Transport"];

impl<'s> Fields<'s> {
    /// Those of `sink`, with names that clash with nothing.
    #[must_use]
    pub fn of(sink: &'s Sink) -> Self {
        let prefix = &sink.type_prefix;
        let mut names = OWN_FIELDS.map(str::to_owned).to_vec();
        let mut types: Vec<String> = OWN_TYPES.map(|name| format!("{prefix}{name}")).to_vec();
        let field = |setting: &'s Setting| Field {
            setting,
            name: unique(&snake(&setting.name), &mut names),
            choice: matches!(setting.kind, Kind::Enum(_))
                .then(|| unique(&format!("{prefix}{}", camel(&setting.name)), &mut types)),
        };
        Self(sink.settings.iter().map(field).collect())
    }

    /// One of them.
    #[must_use]
    pub fn get(&self, id: SettingId) -> &Field<'s> {
        &self.0[id.0]
    }

    /// One in `config`, as something that becomes text.
    #[must_use]
    pub fn shown(&self, id: SettingId) -> String {
        self.get(id).shown("config")
    }
}

impl Field<'_> {
    /// Its name in settings, as a literal.
    #[must_use]
    pub fn key(&self) -> String {
        literal(&self.setting.name)
    }

    /// Type without `Option`.
    #[must_use]
    pub fn base_type(&self) -> &str {
        match &self.setting.kind {
            Kind::Text(_) | Kind::Url { .. } => "String",
            Kind::Secret(_) | Kind::SecretUrl => "Secret",
            Kind::Bool => "bool",
            Kind::Int { .. } => "i64",
            Kind::Float { .. } => "f64",
            Kind::Duration { .. } => "Duration",
            Kind::Enum(_) => self.choice.as_deref().expect("an enum has a name"),
            Kind::List { .. } => "Vec<String>",
            Kind::Map => "Vec<(String, String)>",
            Kind::SecretMap => "Vec<(String, Secret)>",
        }
    }

    /// Type of the field.
    #[must_use]
    pub fn rust_type(&self) -> String {
        if self.setting.is_optional() {
            format!("Option<{}>", self.base_type())
        } else {
            self.base_type().to_owned()
        }
    }

    /// The method of `Fields` that reads it.
    #[must_use]
    pub fn reader(&self) -> &'static str {
        match &self.setting.kind {
            Kind::Text(_) => "string",
            Kind::Secret(_) => "secret",
            Kind::Url { whole: false } => "url",
            Kind::Url { whole: true } => "whole_url",
            Kind::SecretUrl => "secret_url",
            Kind::Bool => "bool",
            Kind::Int { .. } => "int",
            Kind::Float { .. } => "float",
            Kind::Duration { .. } => "duration",
            Kind::Enum(_) => "choice",
            Kind::List { spaced: true } => "words",
            Kind::List { spaced: false } => "list",
            Kind::Map => "map",
            Kind::SecretMap => "secret_map",
        }
    }

    /// Whether `new` takes anything that becomes it.
    #[must_use]
    pub fn takes_into(&self) -> bool {
        matches!(self.base_type(), "String" | "Secret")
    }

    /// The setting in `owner` as something that becomes text.
    #[must_use]
    pub fn shown(&self, owner: &str) -> String {
        format!("{owner}.{}", self.name)
    }

    /// An expression for its value when nothing is given.
    #[must_use]
    pub fn initial(&self) -> String {
        let Some(default) = self.setting.default() else {
            return "None".to_owned();
        };
        let texts = |values: Vec<String>| match values.as_slice() {
            [] => "Vec::new()".to_owned(),
            values => format!("vec![{}]", values.join(", ")),
        };
        match &self.setting.kind {
            Kind::Duration { .. } => seconds(default.as_f64().unwrap_or_default()),
            Kind::Int { .. } => default.as_i64().map_or_else(|| "0".to_owned(), signed),
            Kind::Float { .. } => format!("{:?}", default.as_f64().unwrap_or_default()),
            Kind::Bool => default.to_string(),
            Kind::Enum(_) => format!("{}::default()", self.base_type()),
            Kind::List { .. } => {
                let items = default.as_array().into_iter().flatten();
                texts(items.map(owned).collect())
            }
            Kind::SecretMap => "Vec::new()".to_owned(),
            Kind::Map => {
                let pairs = default.as_object().into_iter().flatten();
                let pair = |(key, value): (&String, &Json)| {
                    format!("({}.to_owned(), {})", literal(key), owned(value))
                };
                texts(pairs.map(pair).collect())
            }
            Kind::Text(_) | Kind::Url { .. } => owned(default),
            Kind::Secret(_) | Kind::SecretUrl => {
                format!("Secret::new({})", literal(&typed(default)))
            }
        }
    }
}

/// A value as a person would type it.
#[must_use]
pub fn typed(value: &Json) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

/// A number with its sign.
#[must_use]
pub fn signed(value: i64) -> String {
    let sign = if value < 0 { "-" } else { "" };
    format!("{sign}{}", number(value.unsigned_abs()))
}

/// A `Duration` of so many seconds.
#[must_use]
pub fn seconds(value: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "checked to be a small whole number"
    )]
    if value.fract() == 0.0 && (0.0..1e15).contains(&value) {
        format!("Duration::from_secs({})", number(value as u64))
    } else {
        format!("Duration::from_secs_f64({value:?})")
    }
}

fn owned(value: &Json) -> String {
    format!("{}.to_owned()", literal(&typed(value)))
}
