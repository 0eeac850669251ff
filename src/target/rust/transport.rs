//! The HTTP transport of one provider, for `provider/transport.rs.j2`: what it keeps, how it makes
//! and sends a request. Addresses, headers, the health check and the reading of answers have files
//! of their own below.

mod classify;
mod codecs;
mod credentials;
mod headers;
mod health;
mod items;
mod url;

use minijinja::{Value, context};

use super::layout::use_names;
use super::mentions::mentions;
use super::text::{block, title};
use crate::provider::model::{Endpoint, Method, Spec};
use classify::Classify;

pub use codecs::codecs;
pub use url::needs_percent;

/// What the transport template needs.
#[must_use]
pub fn context(spec: &Spec, endpoint: &Endpoint) -> Value {
    let classify = classify::lower(&spec.responses);
    let health = endpoint.health.as_ref();
    let functions = [
        url::ingest(spec, endpoint),
        health
            .map(|health| url::health(spec, endpoint, health))
            .unwrap_or_default(),
        headers::function(spec, endpoint),
        classify.source.clone(),
    ];
    let functions: Vec<String> = functions
        .into_iter()
        .filter(|function| !function.is_empty())
        .collect();
    let functions = functions.join("\n");
    context! {
        title_doc => title(spec),
        uses => uses(spec, &functions, &classify, health.is_some()),
        new => block(new(spec, endpoint)),
        fields => state(spec, endpoint),
        send => block(send(endpoint, &classify)),
        health => block(health.map_or_else(|| health::unchecked(spec), health::check)),
        compress => block(codecs::compress(spec)),
        functions => block(functions),
        prefix => spec.type_prefix(),
    }
}

fn uses(spec: &Spec, functions: &str, classify: &Classify, has_health: bool) -> Vec<String> {
    let encoding = if codecs::has_header(&spec.compression.offered) {
        "CONTENT_ENCODING, "
    } else {
        ""
    };
    let mut lines = vec![
        "use std::error::Error;".to_owned(),
        "use std::io::{self, Write};".to_owned(),
        "use std::sync::Arc;".to_owned(),
        String::new(),
        "use bytes::Bytes;".to_owned(),
        format!("use reqwest::header::{{{encoding}CONTENT_TYPE, HeaderMap, HeaderValue}};"),
        "use reqwest::{Method, Url};".to_owned(),
        String::new(),
    ];
    let runtime = "Batch BoxFuture Encoder HealthError Outcome Transport";
    let mut names: Vec<&str> = runtime.split(' ').collect();
    if mentions(functions, "Secret::expose") {
        names.push("Secret");
    }
    lines.push(use_names("super::super::cloud_sink_base", &names));
    lines.extend(parts(spec, functions, classify, has_health));
    lines.extend(siblings(spec));
    lines
}

/// What is used of the parts.
fn parts(spec: &Spec, functions: &str, classify: &Classify, has_health: bool) -> Vec<String> {
    let path = "super::super::cloud_sink_parts";
    let mut client = vec!["HttpClient", "HttpResponse"];
    let code = format!("{functions}{}", codecs::compress(spec));
    if has_health || mentions(&code, "http::") {
        client.insert(0, "self");
    }
    let mut lines = vec![use_names(&format!("{path}::http"), &client)];
    let items: &[&str] = match &classify.source {
        source if mentions(source, "read_items(") => &["ItemRules", "read_items"],
        source if mentions(source, "read_first_bad(") => &["read_first_bad"],
        _ => &[],
    };
    if !items.is_empty() {
        lines.push(use_names(&format!("{path}::items"), items));
    }
    let mut modules = codecs(&spec.compression.offered);
    let called = ["basic_auth", "percent"];
    modules.extend(
        called
            .iter()
            .filter(|part| mentions(functions, &format!("{part}::"))),
    );
    if !modules.is_empty() {
        lines.push(use_names(path, &modules));
    }
    // A lone module goes by its name, a list of them behind all others.
    lines.sort();
    lines
}

/// What is used of the provider's own modules.
fn siblings(spec: &Spec) -> [String; 2] {
    let prefix = spec.type_prefix();
    let config = format!("{prefix}SinkConfig");
    let mut names = vec![config.as_str()];
    if spec.compression.offered.len() > 1 {
        names.push("Compression");
    }
    let encoder = format!("use super::encoder::{prefix}Encoder;");
    [use_names("super::config", &names), encoder]
}

/// Fields of the transport besides those every transport has.
fn state(spec: &Spec, endpoint: &Endpoint) -> Vec<&'static str> {
    let mut state = Vec::new();
    if endpoint.health.is_some() {
        state.push("pub(super) health_url: Url,");
    }
    if health::has_headers(endpoint) {
        state.push("health_headers: HeaderMap,");
    }
    if spec.compression.offered.len() > 1 {
        state.push("compression: Compression,");
    }
    state
}

/// The statements of `new`.
fn new(spec: &Spec, endpoint: &Endpoint) -> String {
    let mut out = if health::has_headers(endpoint) {
        "        let health_headers = common_headers(config)?;\n        let mut headers = health_headers.clone();\n".to_owned()
    } else {
        "        let mut headers = common_headers(config)?;\n".to_owned()
    };
    out += &headers::content_type(spec);
    out += &codecs::header(&spec.compression.offered);
    out += "        Ok(Self {\n            client: HttpClient::new(config.delivery.attempt_timeout)?,\n";
    out += "            encoder,\n            url: Url::parse(&ingest_url(config))?,\n            headers,\n";
    if endpoint.health.is_some() {
        out += "            health_url: Url::parse(&health_url(config))?,\n";
    }
    if health::has_headers(endpoint) {
        out += "            health_headers,\n";
    }
    if spec.compression.offered.len() > 1 {
        out += "            compression: config.compression,\n";
    }
    out + "        })\n"
}

fn send(endpoint: &Endpoint, classify: &Classify) -> String {
    let events = if classify.counts_events {
        ", batch.records.len()"
    } else {
        ""
    };
    format!(
        "            let request = self
                .client
                .request({}, &self.url)
                .headers(self.headers.clone())
                .body(body);
            match self.client.send(request).await {{
                Ok(response) => classify(&response{events}),
                Err(error) => error.into(),
            }}\n",
        method(endpoint.method)
    )
}

fn method(method: Method) -> &'static str {
    match method {
        Method::Post => "Method::POST",
        Method::Put => "Method::PUT",
        Method::Get => "Method::GET",
        Method::Head => "Method::HEAD",
        Method::Options => "Method::OPTIONS",
    }
}
