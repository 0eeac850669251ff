//! The tests of one provider, for `provider/tests.rs.j2` and `provider/tests_sdk.rs.j2`: its worked
//! examples as functions, one for each, and what the tests around them need.

mod limits;
mod requests;
mod responses;

use minijinja::{Value, context};

use super::fields::{fields, find};
use super::layout::use_names;
use super::mentions::mentions;
use super::names::{snake, unique};
use super::text::{block, json_literal, literal, title};
use crate::provider::model::{FieldType, Spec, Transport};

/// What the test template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let tests = vectors(spec);
    let settings = base_settings(spec);
    let e2e = end_to_end(spec);
    context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        settings => json_literal(&settings.to_string()),
        secrets => secrets(spec),
        required => required(spec),
        accepted => accepted(spec),
        e2e => e2e.clone(),
        uses => uses(spec, &tests, e2e.is_some()),
        vectors => block(tests),
    }
}

/// One function for each vector.
fn vectors(spec: &Spec) -> String {
    let vectors = &spec.vectors;
    let requests = vectors.requests.iter();
    let requests = requests.map(|vector| (&vector.name, requests::body(spec, vector)));
    let responses = vectors.responses.iter();
    let responses = responses.map(|vector| (&vector.name, responses::body(spec, vector)));
    let limits = vectors.limits.iter();
    let limits = limits.map(|vector| (&vector.name, limits::body(vector)));
    let mut names = taken();
    let tests: Vec<String> = requests
        .chain(responses)
        .chain(limits)
        .map(|(name, body)| {
            let name = unique(&snake(name), &mut names);
            format!("#[test]\nfn {name}() {{\n{body}}}\n")
        })
        .collect();
    tests.join("\n")
}

fn uses(spec: &Spec, tests: &str, is_end_to_end: bool) -> Vec<String> {
    let is_http = spec.transport == Transport::Http;
    let mut lines = Vec::new();
    if is_http {
        lines.push("use std::sync::Arc;".to_owned());
    }
    if is_end_to_end || mentions(tests, "Duration::") {
        lines.push("use std::time::Duration;".to_owned());
    }
    if !lines.is_empty() {
        lines.push(String::new());
    }
    lines.push("use serde_json::{Map, Value};".to_owned());
    lines.push(String::new());
    let runtime = ["Event", "Outcome", "Report"];
    lines.push(use_names("super::super::cloud_sink_base", &runtime));
    let parts = "super::super::cloud_sink_parts";
    if is_http {
        let mut names = vec!["response"];
        if is_end_to_end {
            names.extend(["Answer", "Responder"]);
        }
        lines.push(use_names(&format!("{parts}::responder"), &names));
    } else {
        let names = ["RejectedRanges", "accepted", "classify"];
        lines.push(use_names(
            &format!("{parts}::aws_cloudwatch_classify"),
            &names,
        ));
    }
    let mut names = vec!["self"];
    if is_end_to_end {
        names.push("event_now");
    }
    let called = ["partial", "reason", "retry_after"];
    names.extend(
        called
            .iter()
            .filter(|name| mentions(tests, &format!("{name}("))),
    );
    lines.push(use_names(&format!("{parts}::testing"), &names));
    lines.push(own(spec, is_end_to_end));
    lines
}

/// What the tests use of the module they stand in.
fn own(spec: &Spec, is_end_to_end: bool) -> String {
    let prefix = spec.type_prefix();
    let mut types = vec!["Encoder", "SinkConfig"];
    if spec.transport == Transport::Http {
        types.push("Transport");
    }
    if is_end_to_end {
        types.push("Sink");
    }
    let types: Vec<String> = types.iter().map(|name| format!("{prefix}{name}")).collect();
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    names.push("parts");
    if spec.transport == Transport::Http {
        names.push("classify");
    }
    use_names("super", &names)
}

/// Names that the template's own items and imports have.
fn taken() -> Vec<String> {
    [
        "body",
        "classify",
        "config",
        "event_now",
        "events",
        "outcome",
        "partial",
        "parts",
        "reason",
        "response",
        "retry_after",
        "sink",
        "testing",
        "transport",
        "written",
        "every_missing_setting_is_named",
        "an_unknown_setting_is_refused",
        "secrets_do_not_print",
        "a_batch_that_failed_is_sent_again_and_counted_once",
        "events_below_a_full_batch_leave_when_the_sink_stops",
        "a_redirect_is_not_followed",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// Settings that make a sink start: those of the first request vector.
fn base_settings(spec: &Spec) -> serde_json::Value {
    let vector = spec.vectors.requests.first();
    let settings = vector
        .map(|vector| vector.config.clone())
        .unwrap_or_default();
    serde_json::Value::Object(settings.into_iter().collect())
}

/// How a test points an HTTP sink at a server of its own.
fn end_to_end(spec: &Spec) -> Option<Value> {
    if spec.transport != Transport::Http {
        return None;
    }
    let key = spec.endpoint.as_ref()?.override_field.as_ref()?;
    let field = find(spec, key)?;
    let value = if field.is_optional() {
        "Some(responder.url().to_owned())"
    } else {
        "responder.url().to_owned()"
    };
    Some(context! { url_field => field.name, url_value => value })
}

/// Settings with every secret set, and the secrets' texts.
fn secrets(spec: &Spec) -> Value {
    let mut settings = base_settings(spec);
    let keys: Vec<String> = fields(spec)
        .iter()
        .filter(|field| field.spec.kind == FieldType::Secret)
        .map(|field| field.key.to_owned())
        .collect();
    if let Some(map) = settings.as_object_mut() {
        for key in &keys {
            map.insert(
                key.clone(),
                format!("example-{}", key.replace('_', "-")).into(),
            );
        }
    }
    context! { settings => json_literal(&settings.to_string()), any => !keys.is_empty() }
}

/// Names of required settings, for the test that misses them.
fn required(spec: &Spec) -> Vec<String> {
    let fields = fields(spec).into_iter();
    let required = fields.filter(|field| field.spec.required);
    required.map(|field| literal(field.key)).collect()
}

/// The canned answer of the end-to-end tests.
fn accepted(spec: &Spec) -> Value {
    let answers = &spec.answers;
    let item = answers.item_ok.clone().unwrap_or_default();
    let body = |text: &str| json_literal(&text.replace("{items}", &item));
    context! {
        status => answers.accepted.status,
        body => body(&answers.accepted.body),
        unavailable_status => answers.unavailable.status,
        unavailable_body => body(&answers.unavailable.body),
    }
}
