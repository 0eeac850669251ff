//! The tests of one provider: its worked examples as functions, and the sink under fapilog.

use minijinja::{Value, context};

use super::super::common::limits::stays_whole;
use super::super::common::secrets::with_secrets;
use super::super::common::text::plain;
use super::super::rust::names::unique;
use super::layout::{Expr, import, statement};
use super::names::{local, plugin};
use super::responses;
use super::text::{WIDTH, bytes_literal, docstring, literal};
use super::{Place, config};
use crate::provider::model::{
    Answer, LimitVector, RequestVector, ResponseVector, SettingsVector, Spec, Transport,
    VectorOutcome,
};

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
    let required: Vec<Expr> = spec
        .config
        .iter()
        .filter(|(_, field)| field.required)
        .map(|(key, _)| Expr::text(literal(key)))
        .collect();
    let any_required = !required.is_empty();
    let override_key = spec
        .endpoint
        .as_ref()
        .and_then(|endpoint| endpoint.override_field.clone());
    let title = plain(&spec.title);
    context! {
        wire_title => docstring(0, &[format!("The wire format, the reading of answers, and the limits of the {title} sink.")]),
        sink_title => docstring(0, &[format!("The {title} sink under fapilog, with answers from the loopback interface.")]),
        id => spec.id.as_str(),
        prefix => prefix.as_str(),
        package => place.package.as_str(),
        plugin => literal(&plugin(spec)),
        plugin_key => literal(&plugin(spec).replace('-', "_")),
        is_http,
        wire_uses => wire_uses(spec, place, &source, is_http),
        sink_uses => sink_uses(spec, place),
        settings => statement(0, "SETTINGS = ", &Expr::text(literal(&base(spec).to_string())), ""),
        secrets => secrets(spec),
        refuses => !vectors.settings.is_empty(),
        needs_partial => source.contains("partial("),
        vectors => source,
        required => any_required.then(|| statement(4, "names = ", &Expr::list(required), "")),
        override_key => override_key.map(|key| literal(&key)),
        accepted => answer(spec, "ACCEPTED", &spec.answers.accepted),
        unavailable => answer(spec, "UNAVAILABLE", &spec.answers.unavailable),
        is_aws => spec.transport == Transport::AwsCloudwatchLogs,
        exports => config::enums(spec),
    }
}

/// Imports of several packages of the project, sorted by module.
fn sorted(mut imports: Vec<(String, Vec<&str>)>) -> Vec<String> {
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

fn sink_uses(spec: &Spec, place: &Place) -> Vec<String> {
    let (package, id, prefix) = (&place.package, &spec.id, spec.type_prefix());
    let sink = format!("{prefix}Sink");
    let config = format!("{prefix}SinkConfig");
    sorted(vec![
        (
            "cloud_sink_responder".to_owned(),
            vec!["Answer", "Responder", "responding"],
        ),
        (
            format!("{package}.{id}_sink"),
            vec!["PLUGIN_METADATA", sink.as_str(), config.as_str()],
        ),
    ])
}

/// Settings that make a sink start: those of the first request vector.
fn base(spec: &Spec) -> serde_json::Value {
    let vector = spec.vectors.requests.first();
    let settings = vector
        .map(|vector| vector.config.clone())
        .unwrap_or_default();
    serde_json::Value::Object(settings.into_iter().collect())
}

/// Settings with every secret set, where there are any.
fn secrets(spec: &Spec) -> Option<String> {
    let settings = with_secrets(spec, base(spec))?;
    let text = literal(&settings.to_string());
    Some(statement(4, "settings = ", &Expr::text(text), ""))
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
    statement(
        0,
        &format!("{name} = "),
        &Expr::call("Answer", arguments),
        "",
    )
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
