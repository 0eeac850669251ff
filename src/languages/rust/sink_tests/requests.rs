//! Worked requests: the address, headers and body that events and settings come to.

use minijinja::context;

use super::super::layout::{Expr, line, use_names};
use super::super::text::{json_literal, literal};
use super::{Module, PARTS, functions, own, settings};
use crate::spec::model::{RequestVector, Spec, Transport};

/// Names the file has besides its vectors.
const TAKEN: [&str; 4] = ["body", "config", "testing", "transport"];

/// The file.
pub fn module(spec: &Spec) -> Module {
    let vectors = spec.vectors.requests.iter();
    let vectors = vectors.map(|vector| (&vector.name, body(spec, vector)));
    let context = context! {
        prefix => spec.type_prefix(),
        is_http => spec.transport == Transport::Http,
        uses => uses(spec),
        vectors => functions(vectors, &TAKEN),
    };
    Module::new("requests", context)
}

fn uses(spec: &Spec) -> Vec<String> {
    let is_http = spec.transport == Transport::Http;
    let mut lines = Vec::new();
    let mut types = vec!["Encoder"];
    if is_http {
        lines.extend(["use std::sync::Arc;", ""].map(str::to_owned));
        types.push("Transport");
    }
    lines.push(format!("use {PARTS}::testing;"));
    lines.push(own(spec, &types, &[]));
    lines.push(use_names("super", &["SETTINGS", "config"]));
    lines
}

/// The statements of one test.
fn body(spec: &Spec, vector: &RequestVector) -> String {
    let given: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let mut settings = settings(spec, &serde_json::Value::Object(given));
    let mut out = String::new();
    if settings != "SETTINGS" {
        let value = Expr::text(std::mem::replace(&mut settings, "settings".to_owned()));
        out += &line(4, "let settings = ", &value);
    }
    let events: Vec<_> = vector
        .events
        .iter()
        .map(|event| json_literal(&event.to_string()))
        .collect();
    let events = if let [event] = events.as_slice() {
        out += &line(4, "let event = ", &Expr::text(event));
        "&[event]"
    } else {
        out += &line(4, "let events = ", &Expr::array("", events));
        "&events"
    };
    out += &line(
        4,
        "let expected = ",
        &Expr::text(json_literal(&vector.body)),
    );
    out += "\n";
    if spec.transport == Transport::Http {
        out += &format!("    let transport = transport({settings});\n\n");
        out += &address(vector);
    }
    out + &format!("    assert_eq!(body({settings}, {events}), expected);\n")
}

/// The assertions on the address and the headers.
fn address(vector: &RequestVector) -> String {
    let url = vector.url.iter().map(|url| {
        let found = "transport.url.as_str()".to_owned();
        [found, literal(url)]
    });
    let headers = vector.headers.iter().map(|(name, value)| {
        let name = literal(&name.to_ascii_lowercase());
        [format!("transport.headers[{name}]"), literal(value)]
    });
    let health = vector.health_url.iter().map(|url| {
        let found = "transport.health_url.as_str()".to_owned();
        [found, literal(url)]
    });
    url.chain(headers)
        .chain(health)
        .map(|pair| line(4, "", &Expr::call("assert_eq!", pair)))
        .collect()
}
