//! What is checked before a body is read: address, credentials, headers.

use std::collections::BTreeMap;

use hyper::HeaderMap;
use indexmap::IndexMap;

use super::auth::authorized;
use super::template::{self, has_hole};
use crate::spec::model::{Auth, Endpoint, Method, Spec};

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
