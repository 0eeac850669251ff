//! Settings: what types are called, which credentials are needed, where they are read from.

use super::Reference;
use crate::spec::model::{Auth, ConfigField, Encoding, FieldType, Framing, Spec};
use crate::text::plain;

impl Spec {
    /// Prefix of type names: `names.type_prefix`, else `id` in camel case.
    #[must_use]
    pub fn type_prefix(&self) -> String {
        self.names
            .type_prefix
            .clone()
            .unwrap_or_else(|| camel_case(&self.id))
    }

    /// Prefix of the environment variables of delivery settings.
    #[must_use]
    pub fn env_prefix(&self) -> String {
        format!("{}_SINK", self.id.to_ascii_uppercase())
    }

    /// The settings one of which must be set because the provider takes no anonymous events; empty
    /// where it does, or where a setting is there in any case.
    #[must_use]
    pub fn needed_credentials(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for auth in &self.auth {
            match auth {
                Auth::None {} | Auth::AwsDefaultChain { .. } => return Vec::new(),
                Auth::Header { secret, .. }
                | Auth::Authorization { secret, .. }
                | Auth::Query { secret, .. } => names.push(secret.as_str()),
                Auth::Basic { username, .. } => names.push(username.as_str()),
            }
        }
        names.retain(|name| self.config.contains_key(*name));
        let is_set = |name: &&str| !self.config[*name].is_optional();
        if names.iter().any(is_set) {
            names.clear();
        }
        names
    }
}

/// What settings that ask for labels are held against.
#[derive(Debug)]
pub struct LabelRules<'s> {
    /// Labels a stream may have.
    pub most: Option<u64>,
    /// Settings that bring labels with names of their own, in order.
    pub settings: Vec<&'s str>,
    /// Labels with names in the spec that the provider counts.
    pub counted: Vec<&'s str>,
    /// Those it does not count.
    pub uncounted: Vec<&'s str>,
}

impl Spec {
    /// What settings that ask for labels are held against; `None` where none does.
    #[must_use]
    pub fn label_rules(&self) -> Option<LabelRules<'_>> {
        let Framing::GroupedStreams {
            labels, max_labels, ..
        } = &self.payload.framing
        else {
            return None;
        };
        let unnamed = labels.iter().filter(|label| label.name.is_none());
        let sources = unnamed.flat_map(|label| label.from.sources());
        let settings = sources.filter_map(|source| match source {
            Reference::Config(name) => Some(self.config.get_key_value(name)?.0.as_str()),
            _ => None,
        });
        let settings: Vec<&str> = settings.collect();
        let named = |uncounted| {
            let labels = labels
                .iter()
                .filter(move |label| label.uncounted == uncounted);
            labels.filter_map(|label| label.name.as_deref()).collect()
        };
        (!settings.is_empty()).then(|| LabelRules {
            most: max_labels.as_ref().map(|limit| limit.value),
            settings,
            counted: named(false),
            uncounted: named(true),
        })
    }

    /// User name and password of basic authentication where the second can be set without the first.
    #[must_use]
    pub fn lone_passwords(&self) -> Vec<(&str, &str)> {
        let is_optional = |name: &str| self.config.get(name).is_some_and(ConfigField::is_optional);
        let pairs = self.auth.iter().filter_map(|auth| match auth {
            Auth::Basic { username, password } => Some((username.as_str(), password.as_deref()?)),
            _ => None,
        });
        pairs
            .filter(|(username, _)| is_optional(username))
            .collect()
    }
}

impl ConfigField {
    /// Whether it may be absent: not required, without a default, and without an empty value.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        let has_empty = matches!(self.kind, FieldType::List | FieldType::Map);
        !self.required && self.default.is_none() && !has_empty
    }

    /// Its description, and the numbers it takes where there are only a few.
    #[must_use]
    pub fn described(&self) -> String {
        let description = self.description.trim();
        let Some((last, before)) = self.one_of.split_last() else {
            return description.to_owned();
        };
        let stop = if description.ends_with('.') { "" } else { "." };
        let before: Vec<String> = before.iter().map(i64::to_string).collect();
        if before.is_empty() {
            return format!("{description}{stop} Only {last}.");
        }
        format!(
            "{description}{stop} One of {} or {last}.",
            before.join(", ")
        )
    }
    /// A value a user might give, on one line; of a secret, that there is one.
    #[must_use]
    pub fn shown_example(&self) -> String {
        if self.kind == FieldType::Secret {
            return "…".to_owned();
        }
        let given = self.example.clone().or_else(|| self.default_text());
        plain(&given.unwrap_or_else(|| "…".to_owned()))
    }

    /// Its default as it is typed.
    #[must_use]
    pub fn default_text(&self) -> Option<String> {
        self.default.as_ref().map(typed)
    }
}

/// A value as it is typed: text without its quotes.
#[must_use]
pub fn typed(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl FieldType {
    /// Its name in a spec.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Secret => "secret",
            Self::Url => "url",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Duration => "duration",
            Self::Enum => "enum",
            Self::List => "list",
            Self::Map => "map",
        }
    }
}

impl Encoding {
    /// The encoding as it is typed and as it stands in the header.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

fn camel_case(id: &str) -> String {
    let words = id.split('_').map(|word| {
        // An id is asked before it is checked: it may hold anything.
        let mut rest = word.chars();
        let first = rest.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(rest).collect::<String>()
    });
    words.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_camel_case() {
        assert_eq!(camel_case("splunk_hec"), "SplunkHec");
        assert_eq!(camel_case("\u{fc}_x_"), "\u{fc}X");
    }
}
