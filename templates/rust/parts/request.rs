//! Makes requests of settings: address, headers, credentials.
//!
//! How text becomes part of a URL, the same in every language of this project:
//!
//! - What fills a hole, and names and values of query parameters as a whole: every byte of the UTF-8
//!   text but the unreserved `A-Z a-z 0-9 - . _ ~` is written as `%XX`.
//! - Literal text of a path: the unreserved bytes, `/` and `: @ ! $ & ' ( ) * + , ; =` stand as they
//!   are; every other byte, `%` included, is written as `%XX`.
//!
//! What is left out: a header or parameter of which a setting is not set.

use std::error::Error;
use std::fmt;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};

use super::super::cloud_sink_base::{Group, Record, Secret, TimeFormat, Timestamp, ToText, filled};
use super::percent;

/// One request, its body excepted.
#[derive(Clone)]
pub struct HttpRequest {
    /// Method.
    pub method: Method,
    /// Where it goes; may hold secrets.
    pub url: Url,
    /// Headers, credentials included.
    pub headers: HeaderMap,
    /// What of it no answer may be quoted with.
    pub secrets: Vec<Secret>,
}

/// What the events of a request share, and when it is made.
#[derive(Debug)]
pub struct Shared {
    values: Vec<Option<String>>,
    now: Timestamp,
}

impl Shared {
    /// Those of a request with these records, made now.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let group: Option<&Group> = records.first().and_then(|record| record.group.as_ref());
        let values = group.and_then(|group| serde_json::from_str(group).ok());
        Self {
            values: values.unwrap_or_default(),
            now: Timestamp::now(),
        }
    }

    /// The value in this place of the provider's list; `None` where the events have none.
    #[must_use]
    pub fn value(&self, index: usize) -> Option<&str> {
        self.values.get(index)?.as_deref()
    }

    /// The moment.
    #[must_use]
    pub fn now(&self, format: TimeFormat) -> String {
        self.now.written(format)
    }
}

/// Makes a request, one part after the other. What fails is told at the end.
pub struct RequestBuilder {
    method: Method,
    url: String,
    has_query: bool,
    headers: HeaderMap,
    secrets: Vec<Secret>,
    problem: Option<RequestError>,
}

impl RequestBuilder {
    /// A request to scheme and host.
    #[must_use]
    pub fn new(method: Method, base: &[&dyn ToText]) -> Self {
        let secrets = secrets(base).collect();
        let base = filled(base);
        let problem = base.is_none().then(|| RequestError::unset("address"));
        Self {
            method,
            url: base.unwrap_or_default().trim_end_matches('/').to_owned(),
            has_query: false,
            headers: HeaderMap::new(),
            secrets,
            problem,
        }
    }

    /// Scheme and host of a setting instead, where it is set.
    pub fn replace_base(&mut self, base: &dyn ToText) {
        self.secrets.extend(secrets(&[base]));
        if let Some(base) = base.to_text() {
            base.trim_end_matches('/').clone_into(&mut self.url);
            self.problem = None;
        }
    }

    /// Takes the path of the endpoint off the base, where a setting has it: users copy whole URLs.
    pub fn without_path(&mut self, path: &str) {
        if let Some(base) = self.url.strip_suffix(path) {
            self.url = base.trim_end_matches('/').to_owned();
        }
    }

    /// Literal text of the path.
    pub fn path(&mut self, text: &str) {
        self.url.push_str(&percent::encode_path(text));
    }

    /// What fills a hole of the path.
    pub fn hole(&mut self, value: &dyn ToText) {
        self.secrets.extend(secrets(&[value]));
        match value.to_text() {
            Some(text) => self.url.push_str(&percent::encode(&text)),
            None => self.fail(RequestError::unset("path")),
        }
    }

    /// A whole address of a setting instead, where it is set and that of the base is not.
    pub fn replace_whole(&mut self, whole: &dyn ToText, base: &dyn ToText) {
        if base.to_text().is_some() {
            return;
        }
        if let Some(whole) = whole.to_text() {
            self.url = whole.into_owned();
            self.problem = None;
        }
    }

    /// A parameter of the query.
    pub fn query(&mut self, name: &str, value: &[&dyn ToText]) {
        self.secrets.extend(secrets(value));
        if let Some(value) = filled(value) {
            self.parameter(name, &value);
        }
    }

    /// A parameter of the query whose value may be empty.
    fn parameter(&mut self, name: &str, value: &str) {
        let separator = if self.has_query { '&' } else { '?' };
        self.has_query = true;
        self.url.push(separator);
        self.url.push_str(&percent::encode(name));
        self.url.push('=');
        self.url.push_str(&percent::encode(value));
    }

    /// A parameter of the query for each pair.
    pub fn each_query(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            self.parameter(name, value);
        }
    }

    /// A header; one with a secret in it is shown in no log line.
    pub fn header(&mut self, name: &str, value: &[&dyn ToText]) {
        self.secrets.extend(secrets(value));
        if let Some(text) = filled(value) {
            let is_secret = value.iter().any(ToText::is_secret);
            self.set_header(name, &text, is_secret);
        }
    }

    /// A header whose name comes from settings too.
    pub fn named_header(&mut self, name: &[&dyn ToText], value: &[&dyn ToText]) {
        if let Some(name) = filled(name) {
            self.header(&name, value);
        }
    }

    /// A header for each pair.
    pub fn each_header(&mut self, pairs: &[(String, String)]) {
        for (name, value) in pairs {
            self.set_header(name, value, false);
        }
    }

    /// The same where the values are credentials.
    pub fn each_secret_header(&mut self, pairs: &[(String, Secret)]) {
        for (name, value) in pairs {
            self.secrets.push(value.clone());
            self.set_header(name, value.expose(), true);
        }
    }

    fn set_header(&mut self, name: &str, value: &str, is_secret: bool) {
        let header = HeaderName::try_from(name).ok();
        match header.zip(HeaderValue::from_str(value).ok()) {
            Some((header, mut value)) => {
                value.set_sensitive(is_secret);
                self.headers.insert(header, value);
            }
            None => self.fail(RequestError {
                reason: format!("header `{name}` holds what a header cannot"),
            }),
        }
    }

    fn fail(&mut self, problem: RequestError) {
        self.problem.get_or_insert(problem);
    }

    /// The request.
    ///
    /// # Errors
    ///
    /// [`RequestError`] with the first part that settings do not fit into.
    pub fn finish(self) -> Result<HttpRequest, RequestError> {
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let url = Url::parse(&self.url).map_err(|error| RequestError {
            reason: format!("the address is not valid: {error}"),
        })?;
        Ok(HttpRequest {
            method: self.method,
            url,
            headers: self.headers,
            secrets: self.secrets,
        })
    }
}

/// Those pieces that must never print.
fn secrets<'a>(pieces: &'a [&dyn ToText]) -> impl Iterator<Item = Secret> + 'a {
    pieces.iter().filter_map(|piece| {
        let text = piece.is_secret().then(|| piece.to_text())??;
        Some(Secret::new(text))
    })
}

/// Settings do not fit into a request. Shows none of their values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestError {
    reason: String,
}

impl RequestError {
    fn unset(place: &str) -> Self {
        Self {
            reason: format!("a setting of the {place} is not set"),
        }
    }
}

impl fmt::Display for RequestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot make the request: {}", self.reason)
    }
}

impl Error for RequestError {}
