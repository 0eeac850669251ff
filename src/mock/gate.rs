//! What is checked before a body is read: address, credentials, headers.

use hyper::HeaderMap;

use super::auth::authorized;
use super::template;
use super::{Clients, MockOptions};
use crate::sink::{Endpoint, Method, Parameter, Scheme, Sink};

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
    sink: &Sink,
    endpoint: &Endpoint,
    options: &MockOptions,
    request: &Incoming,
) -> Result<(), Barred> {
    let is_any = options.clients == Clients::Any;
    let path = &request.path;
    if !template::matches_path(&endpoint.path, path) {
        let expected = template::shown(&endpoint.path);
        return Err(Barred::NotFound(format!(
            "expected the path `{expected}`, found `{path}`"
        )));
    }
    let expected = method_name(endpoint.method);
    // A client that writes with PUT where the vendor documents both.
    let is_put = is_any && request.method == "PUT" && endpoint.method == Method::Post;
    if request.method != expected && !is_put {
        return Err(Barred::Method(format!(
            "expected {expected}, found {}",
            request.method
        )));
    }
    authorized(sink, &options.secrets, request).map_err(Barred::Unauthorized)?;
    if is_any {
        return check_media_type(sink, request).map_err(Barred::Malformed);
    }
    check_query(sink, endpoint, request).map_err(Barred::Malformed)?;
    check_headers(sink, endpoint, request).map_err(Barred::Malformed)
}

fn check_query(sink: &Sink, endpoint: &Endpoint, request: &Incoming) -> Result<(), String> {
    let pairs = request.query_pairs();
    let mut is_open = false;
    for parameter in &endpoint.query {
        let Parameter::Named { name, value } = parameter else {
            is_open = true;
            continue;
        };
        match pairs.iter().find(|(found, _)| found == name) {
            None if value.literal().is_none() => {}
            None => return Err(format!("the query parameter `{name}` is missing")),
            Some((_, found)) if template::matches(value, found, template::plain) => {}
            Some((_, found)) => {
                let (found, expected) = (found.escape_debug(), template::shown(value));
                return Err(format!(
                    "the query parameter `{name}` is `{found}`, expected `{expected}`"
                ));
            }
        }
    }
    let is_known = |name: &str| {
        let mut parameters = endpoint.query.iter();
        parameters.any(|it| matches!(it, Parameter::Named { name: known, .. } if known == name))
    };
    let is_credential = |name: &str| {
        let mut credentials = sink.credentials.iter();
        credentials
            .any(|it| matches!(&it.scheme, Scheme::Query { name: known, .. } if known == name))
    };
    let unknown = |(name, _): &&(String, String)| !is_known(name) && !is_credential(name);
    match pairs.iter().find(unknown).filter(|_| !is_open) {
        Some((name, _)) => Err(format!("unknown query parameter `{name}`")),
        None => Ok(()),
    }
}

fn check_headers(sink: &Sink, endpoint: &Endpoint, request: &Incoming) -> Result<(), String> {
    required_headers(&endpoint.headers, request)?;
    let Some(expected) = &sink.payload.content_type else {
        return Ok(());
    };
    match request.header("content-type") {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(format!("content type `{found}`, expected `{expected}`")),
        None => Err(format!("no content type, expected `{expected}`")),
    }
}

/// The kind of body, however a client writes it: with parameters, in the vendor's tree, or not at all.
fn check_media_type(sink: &Sink, request: &Incoming) -> Result<(), String> {
    let (Some(expected), Some(found)) =
        (&sink.payload.content_type, request.header("content-type"))
    else {
        return Ok(());
    };
    let (expected, kind) = (media_type(expected), media_type(found));
    let is_json = |kind: &str| JSON.contains(&kind);
    if kind == expected || is_json(&kind) && is_json(&expected) {
        return Ok(());
    }
    Err(format!("content type `{found}`, expected `{expected}`"))
}

/// What bodies of JSON, one value or several, are called.
const JSON: [&str; 3] = [
    "application/json",
    "application/x-ndjson",
    "application/stream+json",
];

/// A media type without its parameters; one of a vendor's tree as what its suffix says.
fn media_type(text: &str) -> String {
    let kind = text.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    match kind.split_once("/vnd.") {
        Some((family, rest)) => rest
            .rsplit_once('+')
            .map_or(kind.clone(), |(_, suffix)| format!("{family}/{suffix}")),
        None => kind,
    }
}

fn required_headers(expected: &[Parameter], request: &Incoming) -> Result<(), String> {
    for parameter in expected {
        let Parameter::Named { name, value } = parameter else {
            continue;
        };
        let is_there = request.headers.contains_key(name.as_str());
        match request.header(name) {
            None if value.literal().is_none() && !is_there => {}
            None => return Err(format!("the header `{name}` is missing")),
            Some(found) if template::matches(value, found, template::plain) => {}
            Some(_) => {
                let expected = template::shown(value);
                return Err(format!("the header `{name}` is not `{expected}`"));
            }
        }
    }
    Ok(())
}
