//! What points a sink at the local stand-in: variables that `mock` prints and `try` sets.

use crate::mock::FAULTS;
use crate::sink::{Credentials, Scheme, Setting, SettingId, Sink};

/// Variables and their values.
pub type Variables = Vec<(String, String)>;

/// Variables for a sink that ships to a stand-in at `url`: the address, the credentials of the
/// first way to authenticate, and whatever else is required.
pub fn variables(sink: &Sink, url: &str) -> Variables {
    let first = sink.credentials.first();
    let credentials = first.map(Sink::settings_of).unwrap_or_default();
    let replaced = sink
        .endpoint()
        .and_then(|endpoint| endpoint.base.replaced_by);
    let mut variables = Vec::new();
    for (index, setting) in sink.settings.iter().enumerate() {
        let id = SettingId(index);
        let needed = setting.is_required() || credentials.contains(&id);
        let value = match id {
            id if Some(id) == replaced => url.to_owned(),
            _ if needed => value(setting),
            _ => continue,
        };
        if let Some(variable) = setting.env.first() {
            variables.push((variable.clone(), value));
        }
    }
    let needs_aws = |credentials: &Credentials| {
        matches!(
            credentials.scheme,
            Scheme::AwsDefaultChain { .. } | Scheme::SigV4 { .. }
        )
    };
    if first.is_some_and(needs_aws) {
        variables.extend(aws_credentials());
    }
    variables
}

/// Variables of one way to authenticate; none where it needs no credentials.
pub fn credentials(sink: &Sink, credentials: &Credentials) -> Variables {
    let settings = Sink::settings_of(credentials).into_iter();
    let variables = settings.filter_map(|id| {
        let setting = sink.setting(id);
        Some((setting.env.first()?.clone(), value(setting)))
    });
    variables.collect()
}

/// Variables that have a sink wait for acknowledgements; none where its provider gives none.
pub fn acknowledgement(sink: &Sink) -> Variables {
    let Some(given) = sink.acknowledgement() else {
        return Variables::new();
    };
    let named = |id: SettingId, value: String| {
        let variable = sink.setting(id).env.first()?;
        Some((variable.clone(), value))
    };
    let needs = given.needs(sink).into_iter();
    let needs = needs.map(|id| named(id, value(sink.setting(id))));
    let when = given.when.map(|when| named(when, "true".to_owned()));
    needs.chain(when).flatten().collect()
}

/// What a stand-in takes for a setting.
fn value(setting: &Setting) -> String {
    let placeholder = || format!("example-{}", setting.name.replace('_', "-"));
    if setting.is_secret() {
        let placeholder = placeholder();
        return if setting.is_collection() {
            format!("X-Example={placeholder}")
        } else {
            placeholder
        };
    }
    let given = setting.example.clone().or_else(|| setting.default_text());
    given.unwrap_or_else(placeholder)
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
