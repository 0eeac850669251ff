//! Addresses: where batches go, where the health check goes.

use super::super::fields::{find, reference};
use super::super::holes::{all_set, optional, template, with_bound_names};
use super::super::layout::{Expr, Statement, arm, chain, line, statement};
use super::super::mentions::mentions;
use super::super::text::literal;
use crate::spec::model::{Auth, Endpoint, Health, Spec};

/// The function for the address of batches.
pub fn ingest(spec: &Spec, endpoint: &Endpoint) -> String {
    let base = base(spec, endpoint, &endpoint.base);
    let url = join(spec, &endpoint.path);
    let query = query(spec, endpoint);
    let body = if query.is_empty() {
        format!("{base}{}\n", statement(4, "", &url, ""))
    } else {
        let url = line(4, "let mut url = ", &url);
        format!("{base}{url}{query}    url\n")
    };
    function(spec, "Where batches go.", "ingest_url", &body)
}

/// The function for the address of the health check.
pub fn health(spec: &Spec, endpoint: &Endpoint, health: &Health) -> String {
    let template = health.base.as_ref().unwrap_or(&endpoint.base);
    let base = base(spec, endpoint, template);
    let url = statement(4, "", &join(spec, &health.path), "");
    let body = format!("{base}{url}\n");
    function(spec, "Where the health check goes.", "health_url", &body)
}

/// Whether an address has a part that must be percent-encoded.
#[must_use]
pub fn needs_percent(spec: &Spec, endpoint: &Endpoint) -> bool {
    let health = endpoint.health.as_ref();
    let health = health.map(|check| self::health(spec, endpoint, check));
    let is_encoded = |url: &String| mentions(url, "percent::");
    is_encoded(&ingest(spec, endpoint)) || health.as_ref().is_some_and(is_encoded)
}

fn function(spec: &Spec, doc: &str, name: &str, body: &str) -> String {
    let prefix = spec.type_prefix();
    format!("/// {doc}\nfn {name}(config: &{prefix}SinkConfig) -> String {{\n{body}}}\n")
}

/// `base` with the user's own address in its place.
fn base(spec: &Spec, endpoint: &Endpoint, base: &str) -> String {
    let (format, arguments) = template(spec, base, |shown| shown);
    let built = if arguments.is_empty() {
        Expr::text(format!("{format}.to_owned()"))
    } else {
        Expr::call("format!", std::iter::once(format).chain(arguments))
    };
    let key = endpoint.override_field.as_deref();
    match key.and_then(|key| find(spec, key)) {
        Some(field) if field.is_optional() => {
            let otherwise = arm(8, &Expr::pattern("None"), &built);
            format!(
                "    let base = match &config.{} {{\n        Some(url) => url.trim_end_matches('/').to_owned(),\n{otherwise}\n    }};\n",
                field.name
            )
        }
        Some(field) => format!(
            "    let base = config.{}.trim_end_matches('/');\n",
            field.name
        ),
        None => line(4, "let base = ", &built),
    }
}

/// `base` and a path, its holes percent-encoded.
fn join(spec: &Spec, path: &str) -> Expr {
    let (format, arguments) = template(spec, path, |shown| encoded(&shown));
    let mut all = vec![format!("\"{{base}}{}", &format[1..])];
    all.extend(arguments);
    Expr::call("format!", all)
}

fn encoded(shown: &str) -> String {
    format!("percent::encode({})", reference(shown))
}

/// Query parameters: their own text as it is, what settings put into it percent-encoded.
fn query(spec: &Spec, endpoint: &Endpoint) -> String {
    let secrets = spec.auth.iter().filter_map(|auth| match auth {
        Auth::Query { name, secret } => Some((name.clone(), format!("{{{secret}}}"))),
        _ => None,
    });
    let parameters = endpoint.query.clone().into_iter().chain(secrets);
    parameters
        .map(|(name, value)| parameter(spec, &format!("{name}={value}")))
        .collect()
}

fn parameter(spec: &Spec, text: &str) -> String {
    let optional = optional(spec, text);
    let (format, arguments) = template(spec, text, |shown| encoded(&shown));
    let value = if arguments.is_empty() {
        Expr::text(literal(text))
    } else {
        let arguments = arguments
            .into_iter()
            .map(|argument| with_bound_names(argument, &optional));
        Expr::call("&format!", std::iter::once(format).chain(arguments))
    };
    let push = Expr::call("percent::push_query", [Expr::text("&mut url"), value]);
    chain(4, &[(all_set(&optional), vec![Statement::call(push)])])
}
