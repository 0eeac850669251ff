//! Credentials: which are taken, and which parts of a request must never be shown.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::gate::Incoming;
use crate::spec::model::{Auth, FieldType, Spec};

/// Checks the credentials against every scheme of the spec; one that fits is enough.
pub(super) fn authorized(
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), String> {
    let mut problems = Vec::new();
    for auth in &spec.auth {
        match fits(auth, spec, secrets, request) {
            Ok(()) => return Ok(()),
            Err(problem) => problems.push(problem),
        }
    }
    problems.dedup();
    Err(problems.join("; "))
}

fn fits(
    auth: &Auth,
    spec: &Spec,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), String> {
    match auth {
        Auth::None {} => {
            let carried = secret_headers(spec)
                .iter()
                .any(|name| request.headers.contains_key(name.as_str()));
            if carried {
                Err("credentials that fit no documented scheme".to_owned())
            } else {
                Ok(())
            }
        }
        Auth::Header { name, secret } => match request.header(name) {
            None => Err(format!("the header `{name}` is missing")),
            Some(found) if found == expected(secrets, secret) => Ok(()),
            Some(_) => Err(format!("the header `{name}` holds a wrong `{secret}`")),
        },
        Auth::Authorization { word, secret } => {
            let found = request
                .header("authorization")
                .ok_or("the header `authorization` is missing")?;
            match found.split_once(' ') {
                Some((scheme, value)) if scheme == word && value == expected(secrets, secret) => {
                    Ok(())
                }
                Some((scheme, _)) if scheme == word => {
                    Err(format!("`authorization` holds a wrong `{secret}`"))
                }
                _ => Err(format!("`authorization` does not start with `{word} `")),
            }
        }
        Auth::Basic { username, password } => {
            let found = basic(request).ok_or("no basic authentication")?;
            let password = password
                .as_deref()
                .map_or_else(String::new, |field| expected(secrets, field));
            let known = spec
                .config
                .get(username)
                .is_some_and(|field| field.kind == FieldType::Secret)
                || secrets.contains_key(username);
            let user = if known {
                found.0 == expected(secrets, username)
            } else {
                !found.0.is_empty()
            };
            if user && found.1 == password {
                Ok(())
            } else {
                Err("wrong user name or password".to_owned())
            }
        }
        Auth::Query { name, secret } => {
            let found = request
                .query_pairs()
                .into_iter()
                .find(|(found, _)| found == name);
            match found {
                None => Err(format!("the query parameter `{name}` is missing")),
                Some((_, value)) if value == expected(secrets, secret) => Ok(()),
                Some(_) => Err(format!(
                    "the query parameter `{name}` holds a wrong `{secret}`"
                )),
            }
        }
        Auth::AwsDefaultChain { .. } => match request.header("authorization") {
            Some(found) if found.starts_with("AWS4-HMAC-SHA256 ") => Ok(()),
            _ => Err("the request is not signed".to_owned()),
        },
    }
}

fn basic(request: &Incoming) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = pair.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The value the mock takes for a secret field: as given, else `example-` and the field's name.
pub(super) fn expected(secrets: &BTreeMap<String, String>, field: &str) -> String {
    secrets
        .get(field)
        .cloned()
        .unwrap_or_else(|| format!("example-{}", field.replace('_', "-")))
}

/// Names of the headers that carry credentials.
pub(super) fn secret_headers(spec: &Spec) -> Vec<String> {
    let mut names: Vec<String> = [
        "authorization",
        "proxy-authorization",
        "cookie",
        "x-amz-security-token",
    ]
    .map(str::to_owned)
    .into();
    for auth in &spec.auth {
        if let Auth::Header { name, .. } = auth {
            names.push(name.to_lowercase());
        }
    }
    names
}
