//! The worked examples of one provider as tests.

use minijinja::{Value, context};

use super::Place;
use super::layout::{Expr, import, statement};
use super::names::local;
use super::responses;
use super::text::{WIDTH, bytes_literal, docstring, literal};
use crate::languages::common::limits::stays_whole;
use crate::languages::common::names::unique;
use crate::spec::model::{
    LimitVector, RequestVector, ResponseVector, SettingsVector, Spec, Transport, VectorOutcome,
};
use crate::text::plain;

/// What the test templates need.
#[must_use]
pub fn context(spec: &Spec, place: &Place) -> Value {
    let prefix = spec.type_prefix();
    let is_http = spec.transport == Transport::Http;
    let counts = responses::lower(&spec.responses).counts;
    let mut names = Vec::new();
    let vectors = &spec.vectors;
    let requests = vectors
        .requests
        .iter()
        .map(|vector| request(spec, vector, &mut names));
    let mut functions: Vec<String> = requests.collect();
    functions.extend(
        vectors
            .responses
            .iter()
            .map(|vector| response(is_http, counts, vector, &mut names)),
    );
    functions.extend(
        asked_delay(spec)
            .as_ref()
            .map(|vector| response(is_http, counts, vector, &mut names)),
    );
    functions.extend(
        vectors
            .limits
            .iter()
            .map(|vector| limit(vector, &mut names)),
    );
    functions.extend(
        vectors
            .settings
            .iter()
            .map(|vector| refused(vector, &mut names)),
    );
    let source = functions.join("\n\n\n");
    let title = plain(&spec.title);
    context! {
        wire_title => docstring(0, &[format!("The wire format, the reading of answers, and the limits of the {title} sink.")]),
        prefix => prefix.as_str(),
        is_http,
        wire_uses => wire_uses(spec, place, &source, is_http),
        settings => statement(0, "SETTINGS = ", &Expr::text(literal(&base(spec).to_string())), ""),
        refuses => !vectors.settings.is_empty(),
        needs_partial => source.contains("partial("),
        vectors => source,
    }
}

/// Imports of several packages of the project, sorted by module.
pub(super) fn sorted(mut imports: Vec<(String, Vec<&str>)>) -> Vec<String> {
    imports.sort();
    imports
        .iter()
        .map(|(module, names)| import(module, names))
        .collect()
}

fn wire_uses(spec: &Spec, place: &Place, source: &str, is_http: bool) -> Vec<String> {
    let (package, id, prefix) = (&place.package, &spec.id, spec.type_prefix());
    let sink = format!("{prefix}Sink");
    let config = format!("{prefix}SinkConfig");
    let encoder = format!("{prefix}Encoder");
    let transport = format!("{prefix}Transport");
    let outcomes = super::config::used(
        source,
        &[
            "Bisect",
            "Delivered",
            "Paused",
            "Rejected",
            "Split",
            "Throttled",
            "Transient",
        ],
    );
    let mut runtime = vec!["Event", "Records"];
    if source.contains("partial(") {
        runtime.extend(["Outcome", "Partial"]);
    } else if !is_http {
        runtime.push("Outcome");
    }
    runtime.extend(outcomes);
    let mut imports = vec![
        (format!("{package}._{id}_encoder"), vec![encoder.as_str()]),
        (
            format!("{package}.{id}_sink"),
            vec!["LIMITS", sink.as_str(), config.as_str()],
        ),
        (format!("{package}.cloud_sink_base"), runtime),
        (
            format!("{package}.cloud_sink_base._batcher"),
            vec!["Batcher"],
        ),
        (
            format!("{package}.cloud_sink_base._encoder"),
            vec!["encode_event"],
        ),
        (format!("{package}.cloud_sink_base._queue"), vec!["Queue"]),
    ];
    if is_http {
        imports.push((
            format!("{package}._{id}_transport"),
            vec![transport.as_str(), "classify"],
        ));
        imports.push((
            format!("{package}.cloud_sink_parts._http"),
            vec!["HttpResponse"],
        ));
    } else {
        let module = format!("{package}.cloud_sink_parts._aws_cloudwatch_classify");
        imports.push((module, vec!["accepted", "classify"]));
    }
    sorted(imports)
}

/// Settings that make a sink start: those of the first request vector.
pub(super) fn base(spec: &Spec) -> serde_json::Value {
    let vector = spec.vectors.requests.first();
    let settings = vector
        .map(|vector| vector.config.clone())
        .unwrap_or_default();
    serde_json::Value::Object(settings.into_iter().collect())
}

fn function(name: &str, names: &mut Vec<String>, body: &str) -> String {
    let name = unique(local(name).trim_end_matches('_'), names);
    format!(
        "def test_{name}() -> None:\n{}",
        body.trim_end_matches('\n')
    )
}

fn request(spec: &Spec, vector: &RequestVector, names: &mut Vec<String>) -> String {
    let settings: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let settings = literal(&serde_json::Value::Object(settings).to_string());
    let mut out = format!(
        "{}\n",
        statement(4, "settings = ", &Expr::text(settings), "")
    );
    let events = vector
        .events
        .iter()
        .map(|event| Expr::text(literal(&event.to_string())));
    out += &format!("{}\n", statement(4, "events = ", &Expr::list(events), ""));
    out += &format!(
        "{}\n",
        statement(4, "expected = ", &Expr::text(literal(&vector.body)), "")
    );
    let has_request = vector.url.is_some() || !vector.headers.is_empty();
    if spec.transport == Transport::Http && has_request {
        let mut checks = String::new();
        if let Some(url) = &vector.url {
            checks += &equality(&mut out, "url", "transport.url", url);
        }
        if let Some(url) = &vector.health_url {
            checks += &equality(&mut out, "health_url", "transport.health_url", url);
        }
        for (name, value) in &vector.headers {
            let actual = format!("transport.headers[{}]", literal(&name.to_ascii_lowercase()));
            checks += &equality(&mut out, &local(name), &actual, value);
        }
        out += "\n    transport = make_transport(settings)\n\n";
        out += &checks;
    } else {
        out.push('\n');
    }
    out += "    assert body(settings, events) == expected\n";
    function(&vector.name, names, &out)
}

fn refused(vector: &SettingsVector, names: &mut Vec<String>) -> String {
    let settings: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let settings = literal(&serde_json::Value::Object(settings).to_string());
    let mut out = statement(4, "settings = ", &Expr::text(settings), "");
    out += "\n\n";
    let name = Expr::text(literal(&vector.refused));
    out += &statement(4, "assert ", &name, " in refused(settings)");
    out += "\n";
    function(&vector.name, names, &out)
}

/// An assertion on a text; one too long for its line is named before.
fn equality(before: &mut String, name: &str, actual: &str, expected: &str) -> String {
    let expected = literal(expected);
    let line = format!("    assert {actual} == {expected}\n");
    if line.chars().count() <= WIDTH + 1 {
        return line;
    }
    *before += &format!(
        "{}\n",
        statement(4, &format!("{name} = "), &Expr::text(expected), "")
    );
    format!("    assert {actual} == {name}\n")
}

fn response(
    is_http: bool,
    counts: bool,
    vector: &ResponseVector,
    names: &mut Vec<String>,
) -> String {
    let events = vector.events.unwrap_or(1);
    let mut out = String::new();
    if is_http {
        let headers = vector.headers.iter().map(|(name, value)| {
            (
                literal(&name.to_ascii_lowercase()),
                Expr::text(literal(value)),
            )
        });
        let arguments = [
            Expr::text(vector.status.to_string()),
            Expr::dict(headers),
            Expr::text(bytes_literal(&vector.body)),
        ];
        out += &format!(
            "{}\n",
            statement(4, "response = ", &Expr::call("HttpResponse", arguments), "")
        );
        let events = if counts {
            format!(", {events}")
        } else {
            String::new()
        };
        out += &format!("\n    outcome = classify(response{events})\n\n");
    } else {
        let arguments = [
            vector.status.to_string(),
            literal(&vector.body),
            events.to_string(),
        ]
        .map(Expr::Text);
        out += &format!(
            "{}\n\n",
            statement(4, "outcome = ", &Expr::call("outcome_of", arguments), "")
        );
    }
    let kind = match vector.outcome {
        VectorOutcome::Delivered => "Delivered",
        VectorOutcome::Partial => {
            out += &format!(
                "    assert partial(outcome) == ({:?}, {:?})\n",
                vector.rejected, vector.retry
            );
            return function(&vector.name, names, &out);
        }
        VectorOutcome::Split => "Split",
        VectorOutcome::Bisect => "Bisect",
        VectorOutcome::Paused => "Paused",
        VectorOutcome::Rejected => "Rejected",
        VectorOutcome::Throttled => "Throttled",
        VectorOutcome::Transient => "Transient",
    };
    out += &format!("    assert isinstance(outcome, {kind})\n");
    if let Some(reason) = &vector.reason {
        out += &format!("    assert {} in outcome.reason\n", literal(reason));
    }
    if matches!(
        vector.outcome,
        VectorOutcome::Throttled | VectorOutcome::Transient
    ) {
        out += &match vector.retry_after_seconds {
            Some(seconds) => format!("    assert outcome.retry_after == {seconds:?}\n"),
            None => "    assert outcome.retry_after is None\n".to_owned(),
        };
    }
    function(&vector.name, names, &out)
}

/// The provider asks for a delay, where no worked example shows one.
fn asked_delay(spec: &Spec) -> Option<ResponseVector> {
    let vectors = &spec.vectors.responses;
    let is_shown = |vector: &ResponseVector| vector.retry_after_seconds.is_some();
    if spec.transport != Transport::Http || vectors.iter().any(is_shown) {
        return None;
    }
    let mut shown = vectors
        .iter()
        .find(|vector| vector.outcome == VectorOutcome::Throttled)?
        .clone();
    let name = spec.responses.retry_after.as_deref();
    let header = name.unwrap_or("retry-after").to_owned();
    "the_delay_the_provider_asks_for_is_read".clone_into(&mut shown.name);
    shown.headers.insert(header, "30".to_owned());
    shown.retry_after_seconds = Some(30.0);
    Some(shown)
}

fn limit(vector: &LimitVector, names: &mut Vec<String>) -> String {
    let grouped = |value: u64| super::settings::grouped(value);
    let mut arguments = vec![Expr::text(grouped(vector.events))];
    arguments.extend(
        vector
            .record_bytes
            .map(|bytes| Expr::keyword("record_bytes", Expr::text(grouped(bytes)))),
    );
    if vector.spacing_seconds > 0 {
        arguments.push(Expr::keyword(
            "spacing",
            Expr::text(grouped(vector.spacing_seconds)),
        ));
    }
    if vector.age_seconds != 0 {
        let sign = if vector.age_seconds < 0 { "-" } else { "" };
        let age = format!("{sign}{}", grouped(vector.age_seconds.unsigned_abs()));
        arguments.push(Expr::keyword("age", Expr::text(age)));
    }
    let mut out = format!(
        "{}\n\n",
        statement(4, "events = ", &Expr::call("equal_events", arguments), "")
    );
    out += "    batches, unfit = packed(events)\n\n";
    out += &format!("    assert len(batches) == {}\n", grouped(vector.requests));
    out += &format!("    assert unfit == {}\n", grouped(vector.dead_lettered));
    if let (true, Some(bytes)) = (vector.truncated > 0, vector.record_bytes) {
        out += "    lengths = [len(data) for batch in batches for data in batch.bytes]\n";
        out += &format!(
            "    assert sum(length < {} for length in lengths) == {}\n",
            grouped(bytes),
            grouped(vector.truncated)
        );
    } else if let (true, Some(bytes)) = (stays_whole(vector), vector.record_bytes) {
        out += "    lengths = {len(data) for batch in batches for data in batch.bytes}\n";
        out += &format!("    assert lengths == {{{}}}\n", grouped(bytes));
    }
    function(&vector.name, names, &out)
}
