//! The tests of one provider: its worked examples as functions, one for each.

use minijinja::{Value, context};

use super::config::title;
use super::fields::{Field, fields, find, number};
use super::layout::{Expr, statement, use_names};
use super::mentions::mentions;
use super::names::{snake, type_prefix, unique};
use super::responses;
use super::text::{block, json_literal, literal};
use crate::provider::model::{
    FieldType, LimitVector, RequestVector, ResponseVector, Spec, Transport, VectorOutcome,
};

/// What the test template needs.
#[must_use]
pub fn context(spec: &Spec) -> Value {
    let mut names = taken();
    let vectors = &spec.vectors;
    let requests: Vec<String> = vectors
        .requests
        .iter()
        .map(|v| request(spec, v, &mut names))
        .collect();
    let responses: Vec<String> = vectors
        .responses
        .iter()
        .map(|v| response(spec, v, &mut names))
        .collect();
    let limits: Vec<String> = vectors
        .limits
        .iter()
        .map(|v| limit(v, &mut names))
        .collect();
    let settings = base_settings(spec);
    context! {
        title_doc => title(spec),
        prefix => type_prefix(spec),
        settings => json_literal(&settings.to_string()),
        secrets => secrets(spec),
        required => required(spec),
        accepted => accepted(spec),
        e2e => end_to_end(spec),
        uses_delay => responses.iter().any(|test| mentions(test, "retry_after(")),
        uses_partial => responses.iter().any(|test| mentions(test, "partial(")),
        use_module => use_module(spec),
        vectors => block([requests, responses, limits].concat().join("\n")),
    }
}

/// What the tests use of the module they stand in.
fn use_module(spec: &Spec) -> String {
    let prefix = type_prefix(spec);
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
        "body",
        "answer",
        "limit",
        "written",
        "sink",
        "report",
        "transport",
        "settings",
        "events",
        "record",
        "response",
        "outcome",
        "partial",
        "retry_after",
        "written_now",
        "classify",
        "parts",
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
    let fields = fields(spec);
    let required = |field: &&Field| field.spec.required;
    fields
        .iter()
        .filter(required)
        .map(|field| literal(field.key))
        .collect()
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

fn function(name: &str, names: &mut Vec<String>, body: &str) -> String {
    let name = unique(&snake(name), names);
    format!("#[test]\nfn {name}() {{\n{body}}}\n")
}

fn request(spec: &Spec, vector: &RequestVector, names: &mut Vec<String>) -> String {
    let settings: serde_json::Map<_, _> = vector.config.clone().into_iter().collect();
    let settings = json_literal(&serde_json::Value::Object(settings).to_string());
    let mut out = format!(
        "{}\n",
        statement(4, "let settings = ", &Expr::text(settings), ";")
    );
    let events: Vec<Expr> = vector
        .events
        .iter()
        .map(|event| Expr::text(json_literal(&event.to_string())))
        .collect();
    let array = Expr::Array(String::new(), events);
    out += &format!("{}\n", statement(4, "let events = ", &array, ";"));
    if spec.transport == Transport::Http {
        out += "\n    let transport = transport(settings);\n\n";
        if let Some(url) = &vector.url {
            let args = [
                Expr::text("transport.url.as_str()"),
                Expr::text(literal(url)),
            ];
            out += &format!(
                "{}\n",
                statement(4, "", &Expr::call("assert_eq!", args), ";")
            );
        }
        for (name, value) in &vector.headers {
            let header = format!("transport.headers[{}]", literal(&name.to_ascii_lowercase()));
            let args = [Expr::text(header), Expr::text(literal(value))];
            out += &format!(
                "{}\n",
                statement(4, "", &Expr::call("assert_eq!", args), ";")
            );
        }
    } else {
        out.push('\n');
    }
    let expected = Expr::text(json_literal(&vector.body));
    out += &format!("{}\n", statement(4, "let expected = ", &expected, ";"));
    out += "    assert_eq!(body(settings, &events), expected);\n";
    function(&vector.name, names, &out)
}

fn response(spec: &Spec, vector: &ResponseVector, names: &mut Vec<String>) -> String {
    let headers = vector.headers.iter().map(|(name, value)| {
        Expr::text(format!(
            "({}, {})",
            literal(&name.to_ascii_lowercase()),
            literal(value)
        ))
    });
    let headers = Expr::slice(headers);
    let mut out = String::new();
    let expression = if spec.transport == Transport::Http {
        let args = [
            Expr::text(vector.status.to_string()),
            headers,
            Expr::text(json_literal(&vector.body)),
        ];
        out += &format!(
            "{}\n",
            statement(4, "let response = ", &Expr::call("response", args), ";")
        );
        let events = format!(", {}", vector.events.unwrap_or(1));
        let counts = responses::lower(&spec.responses).reads_items;
        format!("classify(&response{})", if counts { &events } else { "" })
    } else {
        let args = [
            Expr::text(vector.status.to_string()),
            Expr::text(json_literal(&vector.body)),
            Expr::text(vector.events.unwrap_or(1).to_string()),
        ];
        out += &format!(
            "{}\n",
            statement(4, "let outcome = ", &Expr::call("outcome", args), ";")
        );
        String::new()
    };
    if !expression.is_empty() {
        out += &format!("\n    let outcome = {expression};\n");
    }
    out += "\n";
    out += &expectation(vector);
    function(&vector.name, names, &out)
}

/// The assertions on an outcome.
fn expectation(vector: &ResponseVector) -> String {
    let name = match vector.outcome {
        VectorOutcome::Delivered => {
            return "    assert_eq!(outcome, Outcome::Delivered);\n".to_owned();
        }
        VectorOutcome::Partial => {
            let list = |indices: &[usize]| {
                let items = indices.iter().map(|index| Expr::text(index.to_string()));
                Expr::Array("vec!".to_owned(), items.collect())
            };
            let expected = Expr::call(
                "assert_eq!",
                [
                    Expr::text("partial(outcome)"),
                    Expr::text(format!(
                        "({}, {})",
                        inline(&list(&vector.rejected)),
                        inline(&list(&vector.retry))
                    )),
                ],
            );
            return format!("{}\n", statement(4, "", &expected, ";"));
        }
        VectorOutcome::Split => "Split",
        VectorOutcome::Bisect => "Bisect",
        VectorOutcome::Paused => "Paused",
        VectorOutcome::Rejected => "Rejected",
        VectorOutcome::Throttled => "Throttled",
        VectorOutcome::Transient => "Transient",
    };
    let mut out =
        format!("    assert!(matches!(outcome, Outcome::{name} {{ .. }}), \"{{outcome:?}}\");\n");
    if matches!(
        vector.outcome,
        VectorOutcome::Throttled | VectorOutcome::Transient
    ) {
        let expected = match vector.retry_after_seconds {
            Some(seconds) => format!("Some(Duration::from_secs_f64({seconds:?}))"),
            None => "None".to_owned(),
        };
        out += &format!("    assert_eq!(retry_after(&outcome), {expected});\n");
    }
    out
}

fn inline(list: &Expr) -> String {
    statement(0, "", list, "")
}

fn limit(vector: &LimitVector, names: &mut Vec<String>) -> String {
    let record_bytes = match vector.record_bytes {
        Some(bytes) => format!("Some({})", number(bytes)),
        None => "None".to_owned(),
    };
    let age = match vector.age_seconds {
        seconds if seconds < 0 => format!("-{}", number(seconds.unsigned_abs())),
        seconds => number(seconds.unsigned_abs()),
    };
    let args = [
        number(vector.events),
        record_bytes,
        number(vector.spacing_seconds),
        age,
    ];
    let call = Expr::call("events", args.map(Expr::Text));
    let mut out = format!("{}\n\n", statement(4, "let events = ", &call, ";"));
    let lengths = if vector.truncated > 0 { "lengths" } else { "_" };
    out += &format!("    let (report, {lengths}) = written(&events);\n\n");
    out += &format!(
        "    assert_eq!(report.requests, {});\n",
        number(vector.requests)
    );
    out +=
        "    // There is no dead-letter file here: what would go there is dropped and counted.\n";
    if vector.dead_lettered == 0 {
        out = out.replace("    // There is no dead-letter file here: what would go there is dropped and counted.\n", "");
    }
    out += &format!(
        "    assert_eq!(report.dropped_total(), {});\n",
        number(vector.dead_lettered)
    );
    if let (true, Some(bytes)) = (vector.truncated > 0, vector.record_bytes) {
        out += &format!(
            "    let cut = lengths.iter().filter(|length| **length < {});\n",
            number(bytes)
        );
        out += &format!(
            "    assert_eq!(cut.count(), {});\n",
            number(vector.truncated)
        );
    }
    function(&vector.name, names, &out)
}
