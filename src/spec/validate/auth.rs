//! `auth` and `transport`: credentials that exist, schemes the transport can use.

use super::endpoint::DECIDED_ELSEWHERE;
use super::{At, Holes, Validator, names};
use crate::spec::model::{Auth, ConfigField, FieldType, Transport};
use crate::spec::template;

/// Types that a name or identifier can have.
const PLAIN: [FieldType; 2] = [FieldType::String, FieldType::Enum];

/// Types that a secret or an identifier can have.
const TEXT: [FieldType; 2] = [FieldType::String, FieldType::Secret];

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let at = At::root("auth");
    if spec.auth.is_empty() {
        v.report_hint(
            &at,
            "`auth` is empty",
            "a provider without credentials has `- scheme: none`",
        );
    }
    for (index, auth) in spec.auth.iter().enumerate() {
        check_entry(v, &at.index(index), auth);
        check_reached(v, &at.index(index), &spec.auth[..index], auth);
        let last = index + 1 == spec.auth.len();
        if last {
            continue;
        }
        if matches!(auth, Auth::None {}) {
            v.report_key_hint(
                &at.index(index),
                "entries after the scheme `none` are never used",
                "move it to the end",
            );
        } else if is_always_usable(v, auth) {
            v.report_key_hint(
                &at.index(index),
                "entries after this one are never used: what it needs is always there",
                "make its settings optional, or move it to the end",
            );
        }
    }
}

/// An entry that needs what an earlier one needs is never used.
fn check_reached(v: &mut Validator<'_>, at: &At<'_>, earlier: &[Auth], auth: &Auth) {
    let needs = optional_needs(v, auth);
    let covers = |earlier: &Auth| {
        let first = optional_needs(v, earlier);
        !first.is_empty() && first.iter().all(|name| needs.contains(name))
    };
    if earlier.iter().any(covers) {
        v.report_key_hint(
            at,
            "is never used: where its settings are set, those of an earlier entry are too",
            "move it before that entry, or remove it",
        );
    }
}

fn optional_needs<'a>(v: &Validator<'_>, auth: &'a Auth) -> Vec<&'a str> {
    let is_optional = |name: &&str| v.config_field(name).is_some_and(ConfigField::is_optional);
    auth.needs().into_iter().filter(is_optional).collect()
}

/// Whether no setting that it needs may be absent.
fn is_always_usable(v: &Validator<'_>, auth: &Auth) -> bool {
    let is_there = |name: &&str| {
        v.config_field(name)
            .is_some_and(|field| !field.is_optional())
    };
    auth.needs().iter().all(is_there)
}

fn check_entry(v: &mut Validator<'_>, at: &At<'_>, auth: &Auth) {
    let aws = matches!(auth, Auth::AwsDefaultChain { .. });
    let sdk = v.spec.transport == Transport::AwsCloudwatchLogs;
    if aws != sdk {
        if sdk {
            let message =
                "the transport `aws_cloudwatch_logs` needs the scheme `aws_default_chain`";
            v.report(&at.key("scheme"), message);
        } else {
            let message = "the scheme `aws_default_chain` is for an SDK transport";
            let hint = "over HTTP the scheme `aws_sigv4` signs with the same credentials: \
                        `{ scheme: aws_sigv4, service: firehose, region: region }`";
            v.report_hint(&at.key("scheme"), message, hint);
        }
    }
    match auth {
        Auth::None {} => {}
        Auth::Header {
            name,
            secret,
            prefix,
        } => {
            check_auth_header(v, &at.key("name"), name);
            if !prefix.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
                v.report(&at.key("prefix"), "the prefix is not plain ASCII");
            } else if prefix.starts_with(' ') {
                v.report(
                    &at.key("prefix"),
                    "the prefix starts with a space, which HTTP takes away",
                );
            }
            v.check_setting(&at.key("secret"), secret, &TEXT);
        }
        Auth::Authorization { word, secret } => {
            if !names::is_token(word) {
                v.report(&at.key("word"), format!("`{word}` is not one word"));
            }
            v.check_setting(&at.key("secret"), secret, &[FieldType::Secret]);
        }
        Auth::Basic { username, password } => {
            v.check_setting(&at.key("username"), username, &TEXT);
            if let Some(password) = password {
                v.check_setting(&at.key("password"), password, &TEXT);
            }
        }
        Auth::Query { name, secret } => {
            v.require_text(&at.key("name"), name, "`name`");
            v.check_setting(&at.key("secret"), secret, &[FieldType::Secret]);
            let mut endpoints = v.spec.endpoint.iter();
            if endpoints.any(|endpoint| endpoint.query.contains_key(name)) {
                let message = format!("`endpoint.query` has `{name}` too");
                v.report_hint(&at.key("name"), message, "remove it there");
            }
        }
        Auth::AwsDefaultChain { region } => {
            v.check_setting(&at.key("region"), region, &PLAIN);
        }
        _ => check_token(v, at, auth),
    }
}

/// Schemes whose credentials are fetched or computed.
fn check_token(v: &mut Validator<'_>, at: &At<'_>, auth: &Auth) {
    match auth {
        Auth::OAuth2 {
            token_url,
            client_id,
            client_secret,
            scope,
            parameters,
            ..
        } => {
            check_address(v, &at.key("token_url"), token_url);
            v.check_setting(&at.key("client_id"), client_id, &TEXT);
            v.check_setting(
                &at.key("client_secret"),
                client_secret,
                &[FieldType::Secret],
            );
            if let Some(scope) = scope {
                v.check_holes(&at.key("scope"), scope, Holes::PLAIN);
            }
            for (name, value) in parameters {
                v.check_holes(&at.key("parameters").key(name), value, Holes::PLAIN);
            }
        }
        Auth::Google { key_file, scope } => {
            v.require_text(&at.key("scope"), scope, "`scope`");
            check_optional(v, at, "key_file", key_file.as_deref(), &PLAIN);
        }
        Auth::Azure {
            scope,
            tenant,
            client,
            secret,
            authority,
        } => {
            v.require_text(&at.key("scope"), scope, "`scope`");
            let needed = Holes {
                needed: true,
                ..Holes::PLAIN
            };
            v.check_holes(&at.key("scope"), scope, needed);
            check_optional(v, at, "tenant", tenant.as_deref(), &PLAIN);
            check_optional(v, at, "client", client.as_deref(), &PLAIN);
            check_optional(v, at, "secret", secret.as_deref(), &[FieldType::Secret]);
            let hosts = [FieldType::String, FieldType::Enum, FieldType::Url];
            check_optional(v, at, "authority", authority.as_deref(), &hosts);
        }
        Auth::Sas {
            resource,
            key_name,
            key,
        } => {
            v.check_holes(&at.key("resource"), resource, Holes::PLAIN);
            v.check_setting(&at.key("key_name"), key_name, &TEXT);
            v.check_setting(&at.key("key"), key, &[FieldType::Secret]);
        }
        Auth::AwsSigv4 { service, region } => {
            v.require_text(&at.key("service"), service, "`service`");
            v.check_holes(&at.key("service"), service, Holes::PLAIN);
            v.check_setting(&at.key("region"), region, &PLAIN);
        }
        _ => {}
    }
}

fn check_optional(
    v: &mut Validator<'_>,
    at: &At<'_>,
    key: &str,
    setting: Option<&str>,
    types: &[FieldType],
) {
    if let Some(setting) = setting {
        v.check_setting(&at.key(key), setting, types);
    }
}

fn check_address(v: &mut Validator<'_>, at: &At<'_>, text: &str) {
    v.check_holes(at, text, Holes::PLAIN);
    let is_setting = text.starts_with('{') && text.ends_with('}');
    let filled = text.replace(['{', '}'], "");
    if let Some(why) = names::bad_url(&filled).filter(|_| !is_setting) {
        v.report(at, format!("not a web address: {why}"));
    }
}

/// A name, or one setting whose value is the name.
fn check_auth_header(v: &mut Validator<'_>, at: &At<'_>, name: &str) {
    if name.contains(['{', '}']) {
        v.check_holes(at, name, Holes::PLAIN);
        let whole = template::settings(name);
        if whole.len() != 1 || name.len() != whole[0].len() + 2 {
            v.report_hint(
                at,
                format!("`{name}` is not a header name"),
                "write a name, or `\"{setting}\"`",
            );
        }
        return;
    }
    check_header_name(v, at, name);
    let lower = name.to_ascii_lowercase();
    let taken = DECIDED_ELSEWHERE
        .iter()
        .find(|(taken, _)| *taken == lower && lower != "authorization");
    if let Some((_, owner)) = taken {
        let hint = "credentials have a header of their own, such as `X-Api-Key`";
        v.report_hint(at, format!("the header `{name}` is set by {owner}"), hint);
    }
    let mut headers = v
        .spec
        .endpoint
        .iter()
        .flat_map(|endpoint| endpoint.headers.keys());
    if headers.any(|header| header.eq_ignore_ascii_case(name)) {
        let message = format!("`endpoint.headers` has `{name}` too");
        v.report_hint(at, message, "remove it there");
    }
}

pub fn check_header_name(v: &mut Validator<'_>, at: &At<'_>, name: &str) {
    if !names::is_token(name) {
        v.report(at, format!("`{name}` is not a header name"));
    }
}
