//! The test of one provider's sink under fapilog, against canned answers on the loopback interface.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use indexmap::IndexMap;
use minijinja::{Value, context};
use serde_json::Map;

use super::Place;
use super::config::compression_type;
use super::layout::{Expr, statement};
use super::names::plugin;
use super::text::{docstring, literal};
use super::wire_tests::{base, sorted};
use crate::languages::common::secrets::with_secrets;
use crate::spec::model::{
    Answer, Auth, Encoding, Health, Ordering, RequestVector, Spec, StatusSet, Transport,
};
use crate::text::plain;

/// What the test's template needs.
#[must_use]
pub fn context(spec: &Spec, place: &Place) -> Value {
    let prefix = spec.type_prefix();
    let title = plain(&spec.title);
    let offered = &spec.compression.offered;
    let reads = |encoding| offered.contains(&encoding);
    let is_compressed = reads(Encoding::Gzip) || reads(Encoding::Zstd);
    let endpoint = spec.endpoint.as_ref();
    let override_key = endpoint.and_then(|endpoint| endpoint.override_field.as_deref());
    let example = example(spec);
    let settings = credentials(spec).settings;
    context! {
        sink_title => docstring(0, &[format!("The {title} sink under fapilog, with answers from the loopback interface.")]),
        prefix => prefix.as_str(),
        package => place.package.as_str(),
        plugin => literal(&plugin(spec)),
        plugin_key => literal(&plugin(spec).replace('-', "_")),
        is_http => spec.transport == Transport::Http,
        is_aws => spec.transport == Transport::AwsCloudwatchLogs,
        in_order => spec.limits.ordering == Ordering::AcrossBatches,
        reads_gzip => reads(Encoding::Gzip),
        reads_zstd => reads(Encoding::Zstd),
        decoded_request => if is_compressed { "decoded(request)" } else { "request.body.decode()" },
        compressions => compressions(spec),
        sink_uses => uses(spec, place, example.is_some()),
        sink_settings => text("SETTINGS", &serde_json::Value::Object(settings).to_string()),
        accepted => answer(spec, "ACCEPTED", &spec.answers.accepted),
        unavailable => answer(spec, "UNAVAILABLE", &spec.answers.unavailable),
        healthy => healthy(spec),
        health_path => example.and_then(|vector| health_path(spec, vector)).map(|path| text("HEALTH_PATH", &path)),
        event => example.map(|vector| text("EVENT", &vector.events[0].to_string())),
        method => text("METHOD", endpoint.map_or("POST", |endpoint| super::transport::method(endpoint.method))),
        path => example.and_then(|vector| target(spec, vector)).map(|path| text("PATH", &path)),
        headers => example.map(|vector| headers(spec, vector)),
        body => example.map(|vector| text("BODY", &vector.body)),
        secrets => secrets(spec),
        required => required(spec),
        override_key => override_key.map(literal),
    }
}

fn uses(spec: &Spec, place: &Place, has_example: bool) -> Vec<String> {
    let (package, id, prefix) = (&place.package, &spec.id, spec.type_prefix());
    let sink = format!("{prefix}Sink");
    let config = format!("{prefix}SinkConfig");
    let is_compressed = spec
        .compression
        .offered
        .iter()
        .any(|each| *each != Encoding::None);
    let mut responder = vec!["Answer", "Responder", "responding"];
    if is_compressed {
        responder.push("Received");
    }
    let mut imports = vec![
        (format!("{package}.cloud_sink_responder"), responder),
        (
            format!("{package}.{id}_sink"),
            vec!["PLUGIN_METADATA", sink.as_str(), config.as_str()],
        ),
    ];
    if has_example {
        imports.push((format!("{package}.cloud_sink_base"), vec!["Event"]));
    }
    sorted(imports)
}

/// `NAME = "text"`.
fn text(name: &str, text: &str) -> String {
    statement(0, &format!("{name} = "), &Expr::text(literal(text)), "")
}

fn answer(spec: &Spec, name: &str, answer: &Answer) -> String {
    let item = spec.answers.item_ok.clone().unwrap_or_default();
    let headers = answer
        .headers
        .iter()
        .map(|(name, value)| (literal(name), Expr::text(literal(value))));
    let body = answer.body.replace("{items}", &item);
    let arguments = [
        Expr::text(answer.status.to_string()),
        Expr::dict(headers),
        Expr::text(literal(&body)),
    ];
    let call = Expr::call("Answer", arguments);
    statement(0, &format!("{name} = "), &call, "")
}

/// The answer to a health check that means well, where the provider has a check.
fn healthy(spec: &Spec) -> Option<String> {
    if spec.transport == Transport::AwsCloudwatchLogs {
        return Some("HEALTHY = ACCEPTED".to_owned());
    }
    let Health { healthy, .. } = spec.endpoint.as_ref()?.health.as_ref()?;
    let status = match healthy.first()? {
        StatusSet::One(status) => status.to_string(),
        StatusSet::Range(range) => range.split('-').next()?.trim().to_owned(),
    };
    Some(format!("HEALTHY = Answer({status})"))
}

/// The first worked example of a single event.
fn example(spec: &Spec) -> Option<&RequestVector> {
    let mut vectors = spec.vectors.requests.iter();
    vectors.find(|vector| vector.events.len() == 1)
}

/// Path and query of the request of an example.
fn target(spec: &Spec, vector: &RequestVector) -> Option<String> {
    let Some(url) = &vector.url else {
        return (spec.transport == Transport::AwsCloudwatchLogs).then(|| "/".to_owned());
    };
    path(spec, vector, url, &spec.endpoint.as_ref()?.base)
}

/// Path and query of the health check with the settings of an example.
fn health_path(spec: &Spec, vector: &RequestVector) -> Option<String> {
    let endpoint = spec.endpoint.as_ref()?;
    let base = endpoint.health.as_ref()?.base.as_ref();
    let url = vector.health_url.as_ref()?;
    path(spec, vector, url, base.unwrap_or(&endpoint.base))
}

/// What stands in `url` after the base that another address replaces.
fn path(spec: &Spec, vector: &RequestVector, url: &str, base: &str) -> Option<String> {
    let endpoint = spec.endpoint.as_ref()?;
    let key = endpoint.override_field.as_ref()?;
    if let Some(own) = vector.config.get(key).and_then(|own| own.as_str()) {
        return url
            .strip_prefix(own.trim_end_matches('/'))
            .map(str::to_owned);
    }
    let (_, base) = base.split_once("://")?;
    let (_, url) = url.split_once("://")?;
    let mut rest = url;
    for _ in 0..=base.trim_end_matches('/').matches('/').count() {
        rest = rest.trim_start_matches('/');
        rest = &rest[rest.find('/')?..];
    }
    Some(rest.to_owned())
}

/// Headers the provider must find on the request of an example.
fn headers(spec: &Spec, vector: &RequestVector) -> String {
    let mut headers: IndexMap<String, String> = IndexMap::new();
    if spec.transport == Transport::AwsCloudwatchLogs {
        let amazon = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Logs_20140328.PutLogEvents"),
        ];
        headers.extend(amazon.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
    for (name, value) in &vector.headers {
        headers.insert(name.to_ascii_lowercase(), value.clone());
    }
    headers.extend(credentials(spec).header);
    let chosen = vector
        .config
        .get("compression")
        .and_then(|word| word.as_str());
    let default = spec.compression.offered.first().map(|first| first.word());
    if let Some(word) = chosen.or(default).filter(|word| *word != "none") {
        headers.insert("content-encoding".to_owned(), word.to_owned());
    }
    let items = headers
        .iter()
        .map(|(name, value)| (literal(name), Expr::text(literal(value))));
    statement(0, "HEADERS = ", &Expr::dict(items), "")
}

/// Settings with credentials, and the header these become.
struct Credentials {
    settings: Map<String, serde_json::Value>,
    header: Option<(String, String)>,
}

/// The settings of the example, with the first credentials the provider takes.
fn credentials(spec: &Spec) -> Credentials {
    let first = spec.vectors.requests.first();
    let config = example(spec).or(first).map(|vector| vector.config.clone());
    let mut settings: Map<_, _> = config.unwrap_or_default().into_iter().collect();
    let mut value = |key: &str| {
        let example = format!("example-{}", key.replace('_', "-"));
        let value = settings
            .entry(key.to_owned())
            .or_insert_with(|| example.into());
        value.as_str().unwrap_or_default().to_owned()
    };
    let header = match spec.auth.first() {
        Some(Auth::Header { name, secret }) => Some((name.to_ascii_lowercase(), value(secret))),
        Some(Auth::Authorization { word, secret }) => Some((
            "authorization".to_owned(),
            format!("{word} {}", value(secret)),
        )),
        Some(Auth::Basic { username, password }) => {
            let password = password.as_ref().map(|key| value(key));
            let pair = format!("{}:{}", value(username), password.unwrap_or_default());
            let value = format!("Basic {}", BASE64_STANDARD.encode(pair));
            Some(("authorization".to_owned(), value))
        }
        _ => None,
    };
    Credentials { settings, header }
}

/// The decorator that runs a test with each compression, where there is a choice.
fn compressions(spec: &Spec) -> Option<String> {
    compression_type(spec)?;
    let words = spec.compression.offered.iter();
    let words = Expr::list(words.map(|each| Expr::text(literal(each.word()))));
    let arguments = [Expr::text(literal("compression")), words];
    let call = Expr::call("@pytest.mark.parametrize", arguments);
    Some(statement(0, "", &call, ""))
}

fn required(spec: &Spec) -> Option<String> {
    let required: Vec<Expr> = spec
        .config
        .iter()
        .filter(|(_, field)| field.required)
        .map(|(key, _)| Expr::text(literal(key)))
        .collect();
    (!required.is_empty()).then(|| statement(4, "names = ", &Expr::list(required), ""))
}

/// Settings with every secret set, where there are any.
fn secrets(spec: &Spec) -> Option<String> {
    let settings = with_secrets(spec, base(spec))?;
    let text = literal(&settings.to_string());
    Some(statement(4, "settings = ", &Expr::text(text), ""))
}
