//! Settings: what types are called, which credentials are needed, where they are read from.

use crate::spec::model::{
    Acknowledgement, Auth, ConfigField, Encoding, FieldType, Spec, TextCheck,
};
use crate::spec::template;
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
}

impl Spec {
    /// The setting that replaces the address: `override`, else the only hole of `base`.
    #[must_use]
    pub fn override_name(&self) -> Option<&str> {
        let endpoint = self.endpoint.as_ref()?;
        if let Some(name) = &endpoint.override_field {
            return Some(name);
        }
        let name = endpoint.base.strip_prefix('{')?.strip_suffix('}')?;
        let field = self.config.get(name)?;
        field.kind.is_url().then_some(name)
    }

    /// The variable that always supplies a setting.
    #[must_use]
    pub fn automatic_variable(&self, setting: &str) -> String {
        format!("{}_{}", self.env_prefix(), setting.to_ascii_uppercase())
    }
}

impl Auth {
    /// The settings it needs, in order: without one that is optional it is not used.
    #[must_use]
    pub fn needs(&self) -> Vec<&str> {
        match self {
            // Identities, and the region of an SDK, are found by themselves.
            Self::None {}
            | Self::Google { .. }
            | Self::Azure { .. }
            | Self::AwsDefaultChain { .. } => Vec::new(),
            Self::Header { name, secret, .. } => {
                let mut needs = vec![secret.as_str()];
                needs.extend(template::settings(name));
                needs
            }
            Self::Authorization { secret, .. } | Self::Query { secret, .. } => vec![secret],
            Self::Basic { username, .. } => vec![username],
            Self::OAuth2 {
                token_url,
                client_id,
                client_secret,
                ..
            } => {
                let mut needs = vec![client_id.as_str(), client_secret.as_str()];
                needs.extend(template::settings(token_url));
                needs
            }
            Self::Sas {
                resource,
                key_name,
                key,
            } => {
                let mut needs = vec![key.as_str(), key_name.as_str()];
                needs.extend(template::settings(resource));
                needs
            }
            Self::AwsSigv4 { region, .. } => vec![region],
        }
    }

    /// Every setting it names.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let mut names = self.needs();
        match self {
            Self::Basic { password, .. } => names.extend(password.as_deref()),
            Self::OAuth2 {
                scope, parameters, ..
            } => {
                let texts = scope.iter().chain(parameters.values());
                names.extend(texts.flat_map(|text| template::settings(text)));
            }
            Self::Google { key_file, .. } => names.extend(key_file.as_deref()),
            Self::Azure {
                scope,
                tenant,
                client,
                secret,
                authority,
            } => {
                names.extend(template::settings(scope));
                let all = [tenant, client, secret, authority];
                names.extend(all.into_iter().filter_map(Option::as_deref));
            }
            Self::AwsSigv4 { service, .. } => names.extend(template::settings(service)),
            Self::AwsDefaultChain { region } => names.push(region),
            Self::None {}
            | Self::Header { .. }
            | Self::Authorization { .. }
            | Self::Query { .. }
            | Self::Sas { .. } => {}
        }
        names
    }
}

impl Acknowledgement {
    /// The settings it names by themselves, those in its texts left out.
    pub fn settings(&self) -> impl Iterator<Item = &str> {
        let when = self.when.iter();
        when.chain([&self.every, &self.within]).map(String::as_str)
    }
}

impl ConfigField {
    /// Whether it may be absent: not required, without a default, and without an empty value.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        let has_empty = matches!(
            self.kind,
            FieldType::List | FieldType::Map | FieldType::SecretMap
        );
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
        if matches!(self.kind, FieldType::Secret | FieldType::SecretMap) {
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

impl TextCheck {
    /// Why a text does not pass, in words.
    #[must_use]
    pub fn refuses(&self, text: &str) -> Option<String> {
        let length = text.chars().count();
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            return Some(format!(
                "it has {length} characters, at least {least} are expected"
            ));
        }
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            return Some(format!(
                "it has {length} characters, at most {most} are allowed"
            ));
        }
        let outside = |set: &String| text.chars().find(|c| !in_set(*c, set));
        if let Some(character) = self.charset.as_ref().and_then(outside) {
            return Some(format!("`{character}` is not among its `charset`"));
        }
        let forbidden = |set: &String| text.chars().find(|c| set.contains(*c));
        if let Some(character) = self.forbid.as_ref().and_then(forbidden) {
            return Some(format!("`{character}` is among what it must `forbid`"));
        }
        let prefix = self
            .not_prefix
            .as_ref()
            .filter(|prefix| text.starts_with(prefix.as_str()));
        prefix.map(|prefix| format!("it starts with `{prefix}`"))
    }
}

/// Whether a character belongs to a bracket expression such as `A-Za-z0-9._-`.
#[must_use]
pub fn in_set(character: char, set: &str) -> bool {
    let set: Vec<char> = set.chars().collect();
    let mut at = 0;
    while at < set.len() {
        if at + 2 < set.len() && set[at + 1] == '-' {
            if (set[at]..=set[at + 2]).contains(&character) {
                return true;
            }
            at += 3;
        } else {
            if set[at] == character {
                return true;
            }
            at += 1;
        }
    }
    false
}

/// A value as it is typed: text without its quotes.
#[must_use]
pub fn typed(value: &serde_json::Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

impl FieldType {
    /// Whether it is an address.
    #[must_use]
    pub const fn is_url(self) -> bool {
        matches!(self, Self::Url | Self::SecretUrl)
    }

    /// Whether its values never print.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::SecretUrl | Self::SecretMap)
    }

    /// Its name in a spec.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Secret => "secret",
            Self::Url => "url",
            Self::SecretUrl => "secret_url",
            Self::Bool => "bool",
            Self::Int => "int",
            Self::Float => "float",
            Self::Duration => "duration",
            Self::Enum => "enum",
            Self::List => "list",
            Self::Map => "map",
            Self::SecretMap => "secret_map",
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
    fn sets_have_ranges_and_a_dash_at_their_edge() {
        for inside in ['b', '7', '.', '-'] {
            assert!(in_set(inside, "a-c0-9.-"), "{inside}");
        }
        assert!(!in_set('d', "a-c0-9.-") && !in_set(',', "a-c0-9.-"));
    }

    #[test]
    fn ids_become_camel_case() {
        assert_eq!(camel_case("splunk_hec"), "SplunkHec");
        assert_eq!(camel_case("\u{fc}_x_"), "\u{fc}X");
    }
}
