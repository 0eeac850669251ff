//! What points a sink at the local stand-in: variables that `mock` prints and `try` sets.

use crate::mock::FAULTS;
use crate::spec::model::{Auth, ConfigField, FieldType, Spec};

/// Variables and their values.
pub type Variables = Vec<(String, String)>;

/// Variables for a sink that ships to a stand-in at `url`: the address, the credentials of the
/// first way to authenticate, and whatever else is required.
pub fn variables(spec: &Spec, url: &str) -> Variables {
    let override_field = spec
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.override_field.as_deref());
    let credentials = spec.auth.first().map(credential_fields).unwrap_or_default();
    let mut variables = Vec::new();
    for (name, field) in &spec.config {
        let needed = field.required || credentials.contains(&name.as_str());
        let value = match field.kind {
            FieldType::Url if Some(name.as_str()) == override_field => url.to_owned(),
            _ if needed => value(name, field),
            _ => continue,
        };
        if let Some(variable) = field.env.first() {
            variables.push((variable.clone(), value));
        }
    }
    if matches!(spec.auth.first(), Some(Auth::AwsDefaultChain { .. })) {
        variables.extend(aws_credentials());
    }
    variables
}

/// Variables of one way to authenticate; none where it needs no credentials.
pub fn credentials(spec: &Spec, auth: &Auth) -> Variables {
    let fields = credential_fields(auth);
    let fields = fields.into_iter().filter_map(|name| {
        let field = spec.config.get(name)?;
        Some((field.env.first()?.clone(), value(name, field)))
    });
    fields.collect()
}

/// Fields that a way to authenticate needs.
pub fn credential_fields(auth: &Auth) -> Vec<&str> {
    match auth {
        Auth::None {} => Vec::new(),
        Auth::Header { secret, .. }
        | Auth::Authorization { secret, .. }
        | Auth::Query { secret, .. } => {
            vec![secret]
        }
        Auth::Basic { username, password } => std::iter::once(username.as_str())
            .chain(password.as_deref())
            .collect(),
        Auth::AwsDefaultChain { region } => vec![region],
    }
}

/// What a stand-in takes for a setting.
fn value(name: &str, field: &ConfigField) -> String {
    match field.kind {
        FieldType::Secret => placeholder(name),
        _ => example(name, field),
    }
}

/// The value a stand-in takes for a secret.
fn placeholder(name: &str) -> String {
    format!("example-{}", name.replace('_', "-"))
}

fn example(name: &str, field: &ConfigField) -> String {
    let default = field.default.as_ref().map(|value| {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    });
    field
        .example
        .clone()
        .or(default)
        .unwrap_or_else(|| placeholder(name))
}

/// The SDK reads its credentials itself; without the last one it would ask the instance first.
fn aws_credentials() -> [(String, String); 3] {
    [
        ("AWS_ACCESS_KEY_ID", "example-aws-access-key-id"),
        ("AWS_SECRET_ACCESS_KEY", "example-aws-secret-access-key"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// The list of faults for a command's help, after its examples.
pub fn help(examples: &str) -> String {
    let faults: Vec<_> = FAULTS
        .iter()
        .map(|(name, argument, effect)| format!("  {:20} {effect}", format!("{name}{argument}")))
        .collect();
    format!("{examples}\n\nFaults:\n{}", faults.join("\n"))
}
