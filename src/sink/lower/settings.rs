//! Settings: types with what they need, presence, environment.

use serde_json::{Value as Json, json};

use super::Lowering;
use super::broken;
use crate::sink::model::{Kind, Setting, SettingPresence};
use crate::spec::model::{Auth, ConfigField, FieldType, TextCheck};
use crate::spec::template;

impl Lowering<'_> {
    pub(super) fn settings(&self) -> Vec<Setting> {
        let in_header = self.in_headers();
        let in_address = self.in_addresses();
        let lower = |(name, field): (&String, &ConfigField)| Setting {
            name: name.clone(),
            kind: self.kind(name, field, &in_address),
            description: field.described(),
            env: self.environment(name, field),
            presence: presence(field),
            example: field.example.clone(),
            in_header: in_header.contains(&name.as_str()),
        };
        self.spec.config.iter().map(lower).collect()
    }

    /// The automatic variable is the last where the spec does not name it.
    fn environment(&self, name: &str, field: &ConfigField) -> Vec<String> {
        let automatic = self.spec.automatic_variable(name);
        let mut env = field.env.clone();
        if !env.contains(&automatic) {
            env.push(automatic);
        }
        env
    }

    fn kind(&self, name: &str, field: &ConfigField, in_address: &[&str]) -> Kind {
        let endpoint = self.spec.endpoint.as_ref();
        let whole = endpoint.and_then(|endpoint| endpoint.whole.as_deref());
        match kind(field, in_address.contains(&name)) {
            Kind::Url { .. } => Kind::Url {
                whole: whole == Some(name),
            },
            kind => kind,
        }
    }

    /// Settings whose value goes into a header as it is.
    fn in_headers(&self) -> Vec<&str> {
        let endpoint = self.spec.endpoint.iter();
        let headers = endpoint.flat_map(|endpoint| endpoint.headers.values());
        let mut names: Vec<&str> = headers.flat_map(|text| template::settings(text)).collect();
        for auth in &self.spec.auth {
            match auth {
                Auth::Header { name, secret, .. } => {
                    names.extend(template::settings(name));
                    names.push(secret);
                }
                Auth::Authorization { secret, .. } => names.push(secret),
                _ => {}
            }
        }
        names
    }

    /// Settings without which there is no address: an empty text there is as good as none.
    fn in_addresses(&self) -> Vec<&str> {
        let Some(endpoint) = &self.spec.endpoint else {
            return Vec::new();
        };
        let health = endpoint.health.iter();
        let health = health.flat_map(|health| health.base.iter().chain([&health.path]));
        let question = endpoint.acknowledgement.iter();
        let question = question.map(|acknowledgement| &acknowledgement.path);
        let texts = [&endpoint.base, &endpoint.path].into_iter();
        let texts = texts.chain(health).chain(question);
        texts.flat_map(|text| template::settings(text)).collect()
    }
}

fn kind(field: &ConfigField, in_address: bool) -> Kind {
    match field.kind {
        FieldType::String => Kind::Text(check(field, in_address)),
        FieldType::Secret => Kind::Secret(check(field, in_address)),
        FieldType::Url => Kind::Url { whole: false },
        FieldType::SecretUrl => Kind::SecretUrl,
        FieldType::Bool => Kind::Bool,
        FieldType::Int => Kind::Int {
            min: field.min.map(whole),
            max: field.max.map(whole),
            one_of: field.one_of.clone(),
        },
        FieldType::Float => Kind::Float {
            min: field.min,
            max: field.max,
        },
        FieldType::Duration => Kind::Duration {
            min: field.min,
            max: field.max,
        },
        FieldType::Enum => Kind::Enum(field.values.clone()),
        FieldType::List => Kind::List {
            spaced: field.spaced,
        },
        FieldType::Map => Kind::Map,
        FieldType::SecretMap => Kind::SecretMap,
    }
}

fn check(field: &ConfigField, in_address: bool) -> Option<TextCheck> {
    if !in_address {
        return field.check.clone();
    }
    let mut check = field.check.clone().unwrap_or_default();
    let least = check.min_length.unwrap_or_default().max(1);
    check.min_length = Some(least);
    Some(check)
}

/// A bound of a whole number, which the checks know to be one.
fn whole(bound: f64) -> i64 {
    let text = format!("{bound:.0}");
    text.parse()
        .unwrap_or_else(|_| broken("a bound that is no whole number"))
}

fn presence(field: &ConfigField) -> SettingPresence {
    let empty = match field.kind {
        FieldType::List => Some(json!([])),
        FieldType::Map | FieldType::SecretMap => Some(json!({})),
        _ => None,
    };
    match (&field.default, field.required, empty) {
        (Some(default), ..) => SettingPresence::Default(spelled(field, default)),
        (None, true, _) => SettingPresence::Required,
        (None, false, Some(empty)) => SettingPresence::Default(empty),
        (None, false, None) => SettingPresence::Optional,
    }
}

/// A default by the type of its setting: `1` of a float is `1.0`.
fn spelled(field: &ConfigField, default: &Json) -> Json {
    match field.kind {
        FieldType::Float | FieldType::Duration => {
            default.as_f64().map_or_else(|| default.clone(), Json::from)
        }
        _ => default.clone(),
    }
}
