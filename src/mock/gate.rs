//! What is checked before a body is read: address, credentials, headers.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::HeaderMap;
use indexmap::IndexMap;

use super::template::{self, has_hole};
use crate::provider::model::{Auth, Endpoint, FieldType, Method, Spec};

/// The parts of a request the mock judges.
#[derive(Debug)]
pub(super) struct Incoming {
    pub method: String,
    pub path: String,
    pub query: Option<String>,
    pub headers: HeaderMap,
    pub wire: bytes::Bytes,
}

impl Incoming {
    /// A header's text; `None` when absent or not text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// Decoded query parameters in order.
    pub fn query_pairs(&self) -> Vec<(String, String)> {
        let pairs = self.query.as_deref().unwrap_or_default().split('&');
        pairs
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| (decoded(name), decoded(value)))
            .collect()
    }
}

fn decoded(text: &str) -> String {
    template::percent_decode(text).unwrap_or_else(|| text.to_owned())
}

/// Why a request does not get past the gate.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Barred {
    /// No such path.
    NotFound(String),
    /// Another method than documented.
    Method(String),
    /// Missing or wrong credentials.
    Unauthorized(String),
    /// Headers or query not as documented.
    Malformed(String),
}

/// The method's name on the wire.
pub(super) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Options => "OPTIONS",
    }
}

/// Checks address, credentials, query and headers of a push.
pub(super) fn check(
    spec: &Spec,
    endpoint: &Endpoint,
    secrets: &BTreeMap<String, String>,
    request: &Incoming,
) -> Result<(), Barred> {
    let path = &request.path;
    if !template::matches(&endpoint.path, path, template::percent_encoded) {
        return Err(Barred::NotFound(format!(
            "expected the path `{}`, found `{path}`",
            endpoint.path
        )));
    }
    let expected = method_name(endpoint.method);
    if request.method != expected {
        return Err(Barred::Method(format!(
            "expected {expected}, found {}",
            request.method
        )));
    }
    authorized(spec, secrets, request).map_err(Barred::Unauthorized)?;
    check_query(spec, endpoint, request).map_err(Barred::Malformed)?;
    check_headers(spec, endpoint, request).map_err(Barred::Malformed)
}

fn check_query(spec: &Spec, endpoint: &Endpoint, request: &Incoming) -> Result<(), String> {
    let pairs = request.query_pairs();
    for (name, expected) in &endpoint.query {
        match pairs.iter().find(|(found, _)| found == name) {
            None if has_hole(expected) => {}
            None => return Err(format!("the query parameter `{name}` is missing")),
            Some((_, value)) if template::matches(expected, value, template::plain) => {}
            Some((_, value)) => {
                let value = value.escape_debug();
                return Err(format!(
                    "the query parameter `{name}` is `{value}`, expected `{expected}`"
                ));
            }
        }
    }
    let credential = |name: &str| {
        spec.auth
            .iter()
            .any(|auth| matches!(auth, Auth::Query { name: known, .. } if known == name))
    };
    match pairs
        .iter()
        .find(|(name, _)| !endpoint.query.contains_key(name) && !credential(name))
    {
        Some((name, _)) => Err(format!("unknown query parameter `{name}`")),
        None => Ok(()),
    }
}

fn check_headers(spec: &Spec, endpoint: &Endpoint, request: &Incoming) -> Result<(), String> {
    required_headers(&endpoint.headers, request)?;
    let Some(expected) = &spec.payload.content_type else {
        return Ok(());
    };
    match request.header("content-type") {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(format!("content type `{found}`, expected `{expected}`")),
        None => Err(format!("no content type, expected `{expected}`")),
    }
}

fn required_headers(expected: &IndexMap<String, String>, request: &Incoming) -> Result<(), String> {
    for (name, expected) in expected {
        match request.header(name) {
            None if has_hole(expected) && !request.headers.contains_key(name.as_str()) => {}
            None => return Err(format!("the header `{name}` is missing")),
            Some(found) if template::matches(expected, found, template::plain) => {}
            Some(_) => return Err(format!("the header `{name}` is not `{expected}`")),
        }
    }
    Ok(())
}

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
            if request.headers.contains_key("authorization") {
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
