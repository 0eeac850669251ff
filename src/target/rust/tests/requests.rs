//! Worked requests: the address, headers and body that events and settings come to.

use super::super::layout::{Expr, line};
use super::super::text::{json_literal, literal};
use crate::provider::model::{RequestVector, Spec, Transport};

/// The statements of one test.
pub fn body(spec: &Spec, vector: &RequestVector) -> String {
    let settings: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let settings = json_literal(&serde_json::Value::Object(settings).to_string());
    let mut out = line(4, "let settings = ", &Expr::text(settings));
    let events = vector.events.iter();
    let events = Expr::array("", events.map(|event| json_literal(&event.to_string())));
    out += &line(4, "let events = ", &events);
    out += "\n";
    if spec.transport == Transport::Http {
        out += "    let transport = transport(settings);\n\n";
        out += &address(vector);
    }
    let expected = Expr::text(json_literal(&vector.body));
    out += &line(4, "let expected = ", &expected);
    out + "    assert_eq!(body(settings, &events), expected);\n"
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
