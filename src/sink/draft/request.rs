//! An example request taken apart: what is the vendor's, what a user's, and what a secret.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::Example;
use super::body::{self, Body};
use super::words::{decoded, is_placeholder, is_secret_name, looks_secret, snake};
use crate::diagnostics::Code;
use crate::problem::Problem;
use crate::spec::is_setting_name;

/// Headers that a client sets by itself.
const OWN_HEADERS: [&str; 13] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "cookie",
    "host",
    "origin",
    "pragma",
    "referer",
    "user-agent",
];

/// A request taken apart.
#[derive(Debug)]
pub struct Parts {
    /// Settings in order.
    pub settings: Vec<Setting>,
    /// Scheme and host.
    pub base: String,
    /// Path with holes.
    pub path: String,
    /// Query with holes.
    pub query: Vec<(String, String)>,
    /// Headers with holes.
    pub headers: Vec<(String, String)>,
    /// Authentication, as a spec writes it.
    pub auth: Auth,
    /// Content type, where it is said.
    pub content_type: Option<String>,
    /// Whether the example was compressed with gzip.
    pub is_gzip: bool,
    /// The body.
    pub body: Body,
    /// Values that must not be in the spec.
    pub secrets: Vec<String>,
}

/// A setting that stands for a value of the example.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Name.
    pub name: String,
    /// Whether it is a secret.
    pub is_secret: bool,
    /// What it means.
    pub description: String,
    /// Value of the example, for one that is no secret.
    pub example: String,
}

/// How the example authenticates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth {
    /// It does not.
    None,
    /// A header of its own.
    Header {
        /// Its name.
        name: String,
        /// The setting.
        secret: String,
    },
    /// `Authorization: WORD SECRET`.
    Authorization {
        /// The word.
        word: String,
        /// The setting.
        secret: String,
    },
    /// User and password.
    Basic,
    /// A parameter of the query.
    Query {
        /// Its name.
        name: String,
        /// The setting.
        secret: String,
    },
}

impl Parts {
    /// Takes an example apart.
    pub fn of(example: &Example) -> Result<Self, Problem> {
        if !["POST", "PUT"].contains(&example.method.as_str()) || example.body.trim().is_empty() {
            let message = format!("the example is a {} without a body", example.method);
            let message = if example.body.trim().is_empty() {
                message
            } else {
                format!("the example is a {}", example.method)
            };
            return Err(Problem::new(Code::Input, message)
                .hint("use the request that sends logs: a POST with a body"));
        }
        let body = body::read(&example.body)?;
        let mut parts = Self {
            settings: Vec::new(),
            base: String::new(),
            path: String::new(),
            query: Vec::new(),
            headers: Vec::new(),
            auth: Auth::None,
            content_type: None,
            is_gzip: false,
            secrets: body.secrets.clone(),
            body,
        };
        parts.user(example.user.as_ref());
        parts.take_headers(&example.headers);
        parts.address(&example.url)?;
        Ok(parts)
    }

    /// Settings for the worked example.
    pub fn config(&self) -> IndexMap<String, Json> {
        let values = self.settings.iter();
        values
            .map(|it| (it.name.clone(), it.value().into()))
            .collect()
    }

    fn user(&mut self, user: Option<&(String, String)>) {
        let Some((user, password)) = user else {
            return;
        };
        self.auth = Auth::Basic;
        let user = if is_placeholder(user) {
            "shipper"
        } else {
            user
        };
        // A user that looks like a key is one.
        let user = if looks_secret(user) { "shipper" } else { user };
        self.settings.push(Setting {
            name: "username".to_owned(),
            is_secret: false,
            description: "User name.".to_owned(),
            example: user.to_owned(),
        });
        self.secret("password", password, "Password.");
    }

    fn take_headers(&mut self, headers: &[(String, String)]) {
        for (name, value) in headers {
            let lower = name.to_lowercase();
            let is_own = OWN_HEADERS.contains(&lower.as_str())
                || lower.starts_with("sec-")
                || lower.starts_with(':');
            if lower == "content-encoding" {
                self.is_gzip = value.eq_ignore_ascii_case("gzip");
            } else if lower == "content-type" {
                self.content_type = Some(value.clone());
            } else if lower == "authorization" {
                self.authorization(value);
            } else if !is_own && (is_secret_name(&lower) || looks_secret(value)) {
                self.secret_header(name, value);
            } else if !is_own {
                let value = self.text(&lower, value);
                self.headers.push((name.clone(), value));
            }
        }
    }

    fn authorization(&mut self, value: &str) {
        if self.auth != Auth::None {
            return;
        }
        if let Some((word, secret)) = value.split_once(' ') {
            let word = word.to_owned();
            let secret = self.secret("token", secret, "Token.");
            self.auth = Auth::Authorization { word, secret };
        } else {
            let secret = self.secret("token", value, "Token.");
            let name = "Authorization".to_owned();
            self.auth = Auth::Header { name, secret };
        }
    }

    fn secret_header(&mut self, name: &str, value: &str) {
        let setting = self.secret(&snake(name), value, "Key.");
        if self.auth == Auth::None {
            self.auth = Auth::Header {
                name: name.to_owned(),
                secret: setting,
            };
        } else {
            // A spec attaches one secret; a second one is for a person to place.
            self.settings.retain(|it| it.name != setting);
        }
    }

    fn address(&mut self, url: &str) -> Result<(), Problem> {
        let shown = crate::diagnostics::escape(url);
        let refuse = |why: &str| {
            Problem::new(
                Code::Input,
                format!("`{shown}` is no address of a sink: {why}"),
            )
            .hint("write the whole URL: `https://logs.example.com/v1/logs`")
        };
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| refuse("it has no scheme"))?;
        let scheme = scheme.to_lowercase();
        if scheme != "https" && scheme != "http" {
            return Err(refuse("its scheme is neither https nor http"));
        }
        let rest = rest.split('#').next().unwrap_or(rest);
        let (address, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, path) = address.split_once('/').unwrap_or((address, ""));
        let host = match host.rsplit_once('@') {
            Some((user, host)) => {
                let (user, password) = user.split_once(':').unwrap_or((user, ""));
                self.user(Some(&(user.to_owned(), password.to_owned())));
                host
            }
            None => host,
        };
        if host.is_empty() || host.contains(char::is_whitespace) {
            return Err(refuse("it has no host"));
        }
        // A port is no placeholder: `$HOST:9200` is one of the whole address.
        if host.contains(['$', '<', '{', '>', '}']) {
            "https://logs.example.com".clone_into(&mut self.base);
        } else {
            self.base = format!("{scheme}://{}", host.to_lowercase());
        }
        let segments: Vec<String> = path
            .split('/')
            .map(|segment| self.text("path", &decoded(segment)))
            .collect();
        self.path = format!("/{}", segments.join("/"));
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decoded(name), decoded(value));
            if self.auth == Auth::None && (is_secret_name(&name) || looks_secret(&value)) {
                let secret = self.secret(&snake(&name), &value, "Key.");
                self.auth = Auth::Query { name, secret };
            } else if is_secret_name(&name) {
                let secret = self.secret(&snake(&name), &value, "Key that is part of the address.");
                self.query.push((name, format!("{{{secret}}}")));
            } else {
                let value = self.text(&name, &value);
                self.query.push((name, value));
            }
        }
        Ok(())
    }

    /// A text of the example with a setting in the place of what is a user's.
    fn text(&mut self, about: &str, value: &str) -> String {
        if is_placeholder(value) {
            let name = snake(value);
            let name = if is_secret_name(&name) {
                self.secret(&name, value, "Key.")
            } else {
                self.setting(&name, &name.replace('_', "-"))
            };
            format!("{{{name}}}")
        } else if looks_secret(value) {
            let about = if about == "path" { "token" } else { about };
            let name = self.secret(&snake(about), value, "Key that is part of the address.");
            format!("{{{name}}}")
        } else {
            value.replace('{', "{{").replace('}', "}}")
        }
    }

    fn setting(&mut self, name: &str, example: &str) -> String {
        let name = free(name, &self.settings);
        self.settings.push(Setting {
            description: format!("What the example calls `{name}`."),
            name: name.clone(),
            is_secret: false,
            example: example.to_owned(),
        });
        name
    }

    fn secret(&mut self, name: &str, value: &str, description: &str) -> String {
        if !is_placeholder(value) && value.len() >= 4 {
            self.secrets.push(value.to_owned());
        }
        let name = free(name, &self.settings);
        self.settings.push(Setting {
            name: name.clone(),
            is_secret: true,
            description: description.to_owned(),
            example: String::new(),
        });
        name
    }
}

impl Setting {
    /// Its value in the worked example.
    pub fn value(&self) -> String {
        if self.is_secret {
            format!("example-{}", self.name.replace('_', "-"))
        } else {
            self.example.clone()
        }
    }
}

/// A name that no other setting has, and that may be one.
fn free(name: &str, taken: &[Setting]) -> String {
    let is_free = |name: &str| {
        is_setting_name(name) && !taken.iter().any(|it| it.name == name) && name != "url"
    };
    let fallback = if is_free(name) {
        name.to_owned()
    } else {
        format!("{name}_value")
    };
    let numbered = (2..).map(|number| format!("value_{number}"));
    let mut all = [name.to_owned(), fallback].into_iter().chain(numbered);
    // The list does not end.
    all.find(|name| is_free(name)).unwrap_or_default()
}
