//! The tests of one provider, for `provider/tests.rs.j2` and `provider/tests_sdk.rs.j2`: its worked
//! examples as functions, one for each, and what the tests around them need.

mod limits;
mod requests;
mod responses;

use minijinja::{Value, context};

use super::fields::{fields, find};
use super::layout::use_names;
use super::names::{snake, unique};
use super::text::{block, json_literal, literal, title};
use crate::provider::model::{FieldType, Spec, Transport};

/// What the test template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let tests = vectors(spec);
    let settings = base_settings(spec);
    context! {
        title_doc => title(spec),
        prefix => spec.type_prefix(),
        settings => json_literal(&settings.to_string()),
        secrets => secrets(spec),
        required => required(spec),
        accepted => accepted(spec),
        e2e => end_to_end(spec),
        uses_delay => tests.contains("retry_after(&"),
        uses_partial => tests.contains("partial(outcome"),
        use_module => use_module(spec),
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

/// What the tests use of the module they stand in.
fn use_module(spec: &Spec) -> String {
    let prefix = spec.type_prefix();
    let types: &[&str] = match spec.transport {
        Transport::Http => &["Encoder", "Sink", "SinkConfig", "Transport"],
        Transport::AwsCloudwatchLogs => &["Encoder", "SinkConfig"],
    };
    let types: Vec<String> = types.iter().map(|name| format!("{prefix}{name}")).collect();
    let mut names: Vec<&str> = types.iter().map(String::as_str).collect();
    names.extend(["LIMITS", "parts"]);
    if spec.transport == Transport::Http {
        names.push("classify");
    }
    use_names("super", &names)
}

/// Names the template's own items have.
fn taken() -> Vec<String> {
    [
        "config",
        "event",
        "events",
        "body",
        "answer",
        "limit",
        "written",
        "sink",
        "report",
        "transport",
        "settings",
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

/// How a test points a sink at a server of its own.
fn end_to_end(spec: &Spec) -> Option<Value> {
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
