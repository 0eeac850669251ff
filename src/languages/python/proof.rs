//! The tests that a sink is delivered with: its worked examples, and itself under fapilog.

use indexmap::IndexMap;
use minijinja::{Value, context};
use serde_json::Value as Json;

use super::Place;
use super::answers::container;
use super::config::compression_type;
use super::layout::{Expr, import, statement};
use super::text::{bytes_literal, docstring, literal};
use super::transport::method;
use crate::languages::common::names::{snake, unique};
use crate::languages::common::refusal::refusal;
use crate::sink::interpret::{
    Event, Interpreter, Request, Settings, exchange, from_hex, health, request,
};
use crate::sink::{
    Answer, Encoding, Form, ItemsBy, Kind, LimitVector, Ordering, RequestVector, ResponseVector,
    Scheme, SettingId, Sink, VectorOutcome,
};
use crate::text::{number, plain};

/// The moment of an event that has none: 2026-01-02T03:04:05Z.
const NOW: i64 = 1_767_323_045_000_000_000;

type Config = IndexMap<String, Json>;

/// What the template of the worked examples needs.
#[must_use]
pub fn wire(sink: &Sink, place: &Place) -> Value {
    let title = plain(&sink.title);
    let mut names = Vec::new();
    let vectors = &sink.vectors;
    let mut table = |name: &str, value: Expr| {
        let name = unique(&snake(name), &mut names);
        statement(4, &format!("\"{name}\": "), &value, ",")
    };
    let requests: Vec<String> = vectors
        .requests
        .iter()
        .map(|it| table(&it.name, requested(sink, it)))
        .collect();
    let mut answers: Vec<String> = vectors
        .responses
        .iter()
        .map(|it| table(&it.name, answered(it)))
        .collect();
    answers.extend(asked_delay(sink).map(|it| table(&it.name, answered(&it))));
    let limits: Vec<String> = vectors
        .limits
        .iter()
        .map(|it| table(&it.name, packed(it)))
        .collect();
    let refused: Vec<String> = vectors
        .settings
        .iter()
        .map(|it| {
            let pair = [config_literal(&it.config), literal(&it.refused)];
            table(&it.name, Expr::tuple(pair.map(Expr::Text)))
        })
        .collect();
    context! {
        title => docstring(0, &[format!(
            "The wire format, the reading of answers, and the limits of the {title} sink."
        )]),
        prefix => sink.type_prefix.as_str(),
        is_http => sink.is_http(),
        protobuf => is_protobuf(sink),
        uses => wire_uses(sink, place),
        settings => constant("SETTINGS", &config_literal(&base(sink))),
        requests,
        answers,
        limits,
        refused,
    }
}

fn wire_uses(sink: &Sink, place: &Place) -> Vec<String> {
    let (package, id, prefix) = (&place.package, &sink.id, &sink.type_prefix);
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let base = format!("{package}.cloud_sink_base");
    let mut outcomes = vec!["Event", "Outcome", "Partial", "Records"];
    let kinds = sink
        .vectors
        .responses
        .iter()
        .filter_map(|it| kind(it.outcome));
    outcomes.extend(kinds);
    if asked_delay(sink).is_some() {
        outcomes.push("Throttled");
    }
    let mut imports: Vec<(String, Vec<String>)> = vec![
        (
            format!("{package}._{id}_encoder"),
            vec![format!("{prefix}Encoder")],
        ),
        (
            format!("{package}.{id}_sink"),
            vec![
                "LIMITS".to_owned(),
                format!("{prefix}Sink"),
                format!("{prefix}SinkConfig"),
            ],
        ),
        (base.clone(), owned(&outcomes)),
        (format!("{base}._batcher"), owned(&["Batcher"])),
        (format!("{base}._encoder"), owned(&["encode_event"])),
        (format!("{base}._queue"), owned(&["Queue"])),
    ];
    if sink.is_http() {
        let transport = vec![format!("{prefix}Transport"), "classify".to_owned()];
        imports.push((format!("{package}._{id}_transport"), transport));
        let module = format!("{package}.cloud_sink_parts._http");
        imports.push((module, owned(&["HttpResponse"])));
    } else {
        let module = format!("{package}.cloud_sink_parts._aws_cloudwatch_classify");
        imports.push((module, owned(&["accepted", "classify"])));
    }
    sorted(&imports)
}

/// Imports of several packages of the project, sorted by module.
fn sorted(imports: &[(String, Vec<String>)]) -> Vec<String> {
    let mut imports = imports.to_vec();
    imports.sort();
    let lines = imports.iter().map(|(module, names)| {
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        import(module, &names)
    });
    lines.collect()
}

fn constant(name: &str, value: &str) -> String {
    statement(0, &format!("{name} = "), &Expr::text(value), "")
}

fn config_literal(config: &Config) -> String {
    let map: serde_json::Map<String, Json> = config.clone().into_iter().collect();
    literal(&Json::Object(map).to_string())
}

/// Settings that make a sink start: those of the first request vector.
fn base(sink: &Sink) -> Config {
    let first = sink.vectors.requests.first();
    first
        .map(|vector| vector.config.clone())
        .unwrap_or_default()
}

fn texts(pairs: &IndexMap<String, String>) -> Expr {
    let lower = |name: &String| literal(&name.to_ascii_lowercase());
    Expr::dict(
        pairs
            .iter()
            .map(|(name, text)| (lower(name), Expr::text(literal(text)))),
    )
}

/// `Requested(settings, events, body, …)`.
fn requested(sink: &Sink, vector: &RequestVector) -> Expr {
    let events = vector
        .events
        .iter()
        .map(|event| Expr::text(literal(&event.to_string())));
    let mut arguments = vec![
        Expr::keyword("settings", Expr::text(config_literal(&vector.config))),
        Expr::keyword("events", Expr::list(events)),
        Expr::keyword("body", Expr::text(literal(&vector.body))),
    ];
    if sink.is_http() {
        let urls = [("url", &vector.url), ("health_url", &vector.health_url)];
        for (name, url) in urls {
            let url = url
                .as_deref()
                .map(|url| Expr::keyword(name, Expr::text(literal(url))));
            arguments.extend(url);
        }
        if !vector.headers.is_empty() {
            arguments.push(Expr::keyword("headers", texts(&vector.headers)));
        }
    }
    Expr::call("Requested", arguments)
}

const fn is_protobuf(sink: &Sink) -> bool {
    matches!(sink.payload.form, Form::OtlpProtobuf { .. })
}

const fn kind(outcome: VectorOutcome) -> Option<&'static str> {
    Some(match outcome {
        VectorOutcome::Delivered => "Delivered",
        VectorOutcome::Partial => return None,
        VectorOutcome::Split => "Split",
        VectorOutcome::Bisect => "Bisect",
        VectorOutcome::Paused => "Paused",
        VectorOutcome::Rejected => "Rejected",
        VectorOutcome::Throttled => "Throttled",
        VectorOutcome::Transient => "Transient",
        VectorOutcome::Uncertain => "Uncertain",
    })
}

/// The bytes of an answer; those of protobuf are told in hexadecimal.
fn answer_body(vector: &ResponseVector) -> String {
    let is_protobuf = vector.headers.iter().any(|(name, value)| {
        name.eq_ignore_ascii_case("content-type") && value == "application/x-protobuf"
    });
    if is_protobuf {
        return format!("bytes.fromhex({})", literal(&vector.body));
    }
    bytes_literal(&vector.body)
}

/// `Answered(outcome, status, …)`.
fn answered(vector: &ResponseVector) -> Expr {
    let mut arguments = vec![
        Expr::text(kind(vector.outcome).unwrap_or("Partial")),
        Expr::text(vector.status.to_string()),
    ];
    let mut keyword = |name: &str, value: Option<Expr>| {
        arguments.extend(value.map(|value| Expr::keyword(name, value)));
    };
    keyword(
        "headers",
        (!vector.headers.is_empty()).then(|| texts(&vector.headers)),
    );
    keyword(
        "body",
        (!vector.body.is_empty()).then(|| Expr::text(answer_body(vector))),
    );
    keyword(
        "events",
        vector
            .events
            .map(|events| Expr::text(number(events as u64))),
    );
    keyword(
        "retry_after",
        vector
            .retry_after_seconds
            .map(|it| Expr::text(format!("{it:?}"))),
    );
    keyword(
        "reason",
        vector.reason.as_ref().map(|text| Expr::text(literal(text))),
    );
    if vector.outcome == VectorOutcome::Partial {
        for (name, places) in [("rejected", &vector.rejected), ("retry", &vector.retry)] {
            keyword(
                name,
                (!places.is_empty()).then(|| Expr::text(format!("{places:?}"))),
            );
        }
    }
    Expr::call("Answered", arguments)
}

/// The provider asks for a delay, where no worked example shows one.
fn asked_delay(sink: &Sink) -> Option<ResponseVector> {
    let vectors = &sink.vectors.responses;
    let is_shown = |vector: &ResponseVector| vector.retry_after_seconds.is_some();
    let asked = &sink.answers.retry_after;
    let is_usual = asked.unit == crate::sink::DelayUnit::SecondsOrDate;
    if !sink.is_http() || !is_usual || vectors.iter().any(is_shown) {
        return None;
    }
    let mut shown = vectors
        .iter()
        .find(|vector| vector.outcome == VectorOutcome::Throttled)?
        .clone();
    "the_delay_the_provider_asks_for_is_read".clone_into(&mut shown.name);
    shown
        .headers
        .retain(|name, _| !name.eq_ignore_ascii_case(&asked.header));
    shown.headers.insert(asked.header.clone(), "30".to_owned());
    shown.retry_after_seconds = Some(30.0);
    Some(shown)
}

/// `Packed(events, requests, …)`.
fn packed(vector: &LimitVector) -> Expr {
    let plain = |value: u64| Expr::text(number(value));
    let mut arguments = vec![
        Expr::keyword("events", plain(vector.events)),
        Expr::keyword("requests", plain(vector.requests)),
    ];
    let mut keyword = |name: &str, value: Option<Expr>| {
        arguments.extend(value.map(|value| Expr::keyword(name, value)));
    };
    keyword("record_bytes", vector.record_bytes.map(plain));
    let some = |value: u64| (value > 0).then(|| plain(value));
    keyword("spacing", some(vector.spacing_seconds));
    let sign = if vector.age_seconds < 0 { "-" } else { "" };
    let age = format!("{sign}{}", number(vector.age_seconds.unsigned_abs()));
    keyword("age", (vector.age_seconds != 0).then(|| Expr::text(age)));
    keyword("unfit", some(vector.dead_lettered));
    keyword("truncated", some(vector.truncated));
    Expr::call("Packed", arguments)
}

/// What the template of the sink under fapilog needs; `None` where its address is nobody's to say,
/// or where nobody on this machine issues its credentials.
#[must_use]
pub fn sink(sink: &Sink, place: &Place) -> Option<Value> {
    let endpoint = sink.endpoint()?;
    let override_key = &sink.setting(endpoint.base.replaced_by?).name;
    let title = plain(&sink.title);
    let reads = |encoding| sink.compression.contains(&encoding);
    let example = sink
        .vectors
        .requests
        .iter()
        .find(|vector| vector.events.len() == 1);
    let first = example.or(sink.vectors.requests.first());
    let mut settings =
        with_credentials(sink, first.map(|it| it.config.clone()).unwrap_or_default());
    // The usual answers acknowledge nothing.
    if let Some(switch) = sink.acknowledgement_switch() {
        settings.shift_remove(&switch.name);
    }
    if sink.fetches_credentials_with(|name| settings.contains_key(name)) {
        return None;
    }
    let answers = &sink.canned;
    let made = example.and_then(|vector| made(sink, vector, &settings, override_key));
    let is_compressed = reads(Encoding::Gzip) || reads(Encoding::Zstd);
    // Each byte of protobuf is a character of this set.
    let charset = if is_protobuf(sink) { "\"latin-1\"" } else { "" };
    Some(context! {
        title => docstring(0, &[format!(
            "The {title} sink under fapilog, with answers from the loopback interface."
        )]),
        prefix => sink.type_prefix.as_str(),
        package => place.package.as_str(),
        plugin => literal(&sink.python_plugin),
        plugin_key => literal(&sink.python_plugin.replace('-', "_")),
        is_http => sink.is_http(),
        in_order => sink.limits.ordering == Ordering::AcrossBatches,
        reads_gzip => reads(Encoding::Gzip),
        reads_zstd => reads(Encoding::Zstd),
        decoded_request => if is_compressed {
            "decoded(request)".to_owned()
        } else {
            format!("request.body.decode({charset})")
        },
        charset,
        compressions => compressions(sink),
        uses => sink_uses(sink, place, made.is_some()),
        settings => constant("SETTINGS", &config_literal(&settings)),
        accepted => answer(sink, "ACCEPTED", &answers.accepted),
        unavailable => answer(sink, "UNAVAILABLE", &answers.unavailable),
        refused => refusal(sink).map(|it| answer(sink, "REFUSED", &it)),
        healthy => healthy(sink),
        example => made,
        acknowledged => acknowledged(sink, override_key),
        secrets => secrets(sink).map(|it| {
            statement(4, "settings = ", &Expr::text(config_literal(&it)), "")
        }),
        required => required(sink),
        override_key => literal(override_key),
    })
}

/// An acknowledged request, its question and the answers; `None` where nothing is acknowledged.
fn acknowledged(sink: &Sink, key: &str) -> Option<Value> {
    let here = "http://127.0.0.1";
    let exchange = exchange(sink, (key, here), NOW)?;
    let question = &exchange.question;
    let accepted = Answer {
        body: exchange.accepted,
        ..sink.canned.accepted.clone()
    };
    let of = |body: &str| Answer {
        status: 200,
        body: body.to_owned(),
        ..Answer::default()
    };
    let headers: IndexMap<String, String> = question
        .headers
        .iter()
        .filter(|header| !header.value.contains("***"))
        .map(|header| (header.name.clone(), header.value.clone()))
        .collect();
    Some(context! {
        settings => constant("ACKNOWLEDGED", &config_literal(&exchange.settings)),
        accepted => answer(sink, "TAKEN", &accepted),
        pending => answer(sink, "PENDING", &of(&exchange.pending)),
        stored => answer(sink, "STORED", &of(&exchange.stored)),
        path => constant("QUESTION_PATH", &literal(question.url.strip_prefix(here).unwrap_or_default())),
        headers => statement(0, "QUESTION_HEADERS = ", &texts(&headers), ""),
        body => constant("QUESTION", &bytes_literal(&question.body)),
    })
}

/// The request of a worked example as a test finds it at the loopback interface.
fn made(sink: &Sink, vector: &RequestVector, settings: &Config, key: &str) -> Option<Value> {
    let mut settings = settings.clone();
    let here = "http://127.0.0.1";
    settings.insert(key.to_owned(), here.into());
    let event = Event::read(vector.events.first()?, NOW);
    let mut interpreter = Interpreter::new(sink, Settings::read(sink, &settings).ok()?);
    let record = interpreter.encode(&event, event.timestamp);
    let event_text = constant("EVENT", &literal(&vector.events.first()?.to_string()));
    let Some(request) = request(&interpreter, &[&record], event.timestamp) else {
        let headers = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Logs_20140328.PutLogEvents"),
        ];
        let headers = headers.map(|(name, text)| (literal(name), Expr::text(literal(text))));
        return Some(context! {
            event => event_text,
            method => constant("METHOD", "\"POST\""),
            path => constant("PATH", "\"/\""),
            headers => statement(0, "HEADERS = ", &Expr::dict(headers), ""),
            body => constant("BODY", &literal(&record.bytes)),
            health_path => None::<String>,
        });
    };
    let path = |request: &Request| {
        let path = request.url.strip_prefix(here).unwrap_or_default();
        if path.starts_with('/') {
            path.to_owned()
        } else {
            format!("/{path}")
        }
    };
    let headers: IndexMap<String, String> = request
        .headers
        .iter()
        .filter(|header| !header.value.contains("***"))
        .map(|header| (header.name.clone(), header.value.clone()))
        .collect();
    let is_chosen = settings.contains_key("compression");
    let headers: IndexMap<String, String> = headers
        .into_iter()
        .filter(|(name, _)| !is_chosen || !name.eq_ignore_ascii_case("content-encoding"))
        .collect();
    let check = health(&interpreter, event.timestamp).filter(|_| sink.is_http());
    Some(context! {
        event => event_text,
        method => constant("METHOD", &literal(method(request.method))),
        path => constant("PATH", &literal(&path(&request))),
        headers => statement(0, "HEADERS = ", &texts(&headers), ""),
        body => constant("BODY", &if is_protobuf(sink) {
            let bytes = from_hex(&request.body).unwrap_or_default();
            literal(&bytes.into_iter().map(char::from).collect::<String>())
        } else {
            literal(&request.body)
        }),
        health_path => check.map(|check| constant("HEALTH_PATH", &literal(&path(&check)))),
    })
}

fn sink_uses(sink: &Sink, place: &Place, has_example: bool) -> Vec<String> {
    let (package, id, prefix) = (&place.package, &sink.id, &sink.type_prefix);
    let is_compressed = sink.compression.iter().any(|each| *each != Encoding::None);
    let mut responder = vec!["Answer", "Responder", "responding"];
    if is_compressed {
        responder.push("Received");
    }
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let names = [
        "PLUGIN_METADATA".to_owned(),
        format!("{prefix}Sink"),
        format!("{prefix}SinkConfig"),
    ];
    let mut imports: Vec<(String, Vec<String>)> = vec![
        (format!("{package}.cloud_sink_responder"), owned(&responder)),
        (format!("{package}.{id}_sink"), names.to_vec()),
    ];
    if has_example {
        imports.push((format!("{package}.cloud_sink_base"), owned(&["Event"])));
    }
    sorted(&imports)
}

fn answer(sink: &Sink, name: &str, answer: &Answer) -> String {
    let is_listed = sink
        .answers
        .items
        .as_ref()
        .is_some_and(|items| matches!(items.by, ItemsBy::Position { .. }));
    let item = sink.canned.item_ok.as_deref().filter(|_| is_listed);
    let body = answer
        .body
        .replace("{items}", item.unwrap_or_default())
        .replace("{failed}", "0");
    let arguments = [
        Expr::text(answer.status.to_string()),
        texts(&answer.headers),
        Expr::text(literal(&body)),
    ];
    let call = Expr::call("Answer", arguments);
    statement(0, &format!("{name} = "), &call, "")
}

/// The answer to a health check that means well, where the provider has a check.
fn healthy(sink: &Sink) -> Option<String> {
    if !sink.is_http() {
        return Some("HEALTHY = ACCEPTED".to_owned());
    }
    let healthy = &sink.endpoint()?.health.as_ref()?.healthy;
    let first = healthy.first()?;
    let status = if container(healthy).is_empty() {
        &0
    } else {
        first.start()
    };
    Some(format!("HEALTHY = Answer({status})"))
}

/// The decorator that runs a test with each compression, where there is a choice.
fn compressions(sink: &Sink) -> Option<String> {
    compression_type(sink)?;
    let words = sink
        .compression
        .iter()
        .map(|each| Expr::text(literal(each.word())));
    let arguments = [Expr::text(literal("compression")), Expr::list(words)];
    Some(statement(
        0,
        "",
        &Expr::call("@pytest.mark.parametrize", arguments),
        "",
    ))
}

fn required(sink: &Sink) -> Option<String> {
    let required = sink.settings.iter().filter(|setting| setting.is_required());
    let names: Vec<Expr> = required.map(|it| Expr::text(literal(&it.name))).collect();
    (!names.is_empty()).then(|| statement(4, "names = ", &Expr::list(names), ""))
}

/// Settings with the first credentials the provider takes.
fn with_credentials(sink: &Sink, config: Config) -> Config {
    let Some(first) = sink.credentials.first() else {
        return config;
    };
    let mut ids: Vec<SettingId> = first.when.clone();
    match &first.scheme {
        Scheme::Basic { username, password } => {
            ids.push(*username);
            ids.extend(*password);
        }
        Scheme::Query { secret, .. } => ids.push(*secret),
        _ => {}
    }
    let names = ids.into_iter().map(|id| sink.setting(id).name.clone());
    completed(sink, config, names)
}

/// Settings with every secret set, where there are any.
fn secrets(sink: &Sink) -> Option<Config> {
    let secrets = sink
        .settings
        .iter()
        .filter(|setting| matches!(setting.kind, Kind::Secret(_) | Kind::SecretMap));
    let mut names: Vec<String> = secrets.map(|setting| setting.name.clone()).collect();
    if names.is_empty() {
        return None;
    }
    let mut config = base(sink);
    for credentials in &sink.credentials {
        if let Scheme::Basic { username, .. } = &credentials.scheme {
            let username = sink.setting(*username);
            if username.is_secret() {
                names.push(username.name.clone());
            } else {
                config
                    .entry(username.name.clone())
                    .or_insert_with(|| "user".into());
            }
        }
    }
    Some(completed(sink, config, names.into_iter()))
}

/// Settings with an example for each of `names` that the sink takes.
fn completed(sink: &Sink, mut config: Config, names: impl Iterator<Item = String>) -> Config {
    for name in names {
        if config.contains_key(&name) {
            continue;
        }
        let example = format!("example-{}", name.replace('_', "-"));
        let setting = sink.setting_named(&name).map(|id| sink.setting(id));
        let example: serde_json::Value = match setting {
            Some(setting) if setting.is_collection() => {
                serde_json::json!({ "X-Example": example })
            }
            _ => example.into(),
        };
        config.insert(name.clone(), example);
        let refused = Settings::read(sink, &config).err().unwrap_or_default();
        if refused
            .iter()
            .any(|refusal| refusal.setting == name && !refusal.message.contains("needs"))
        {
            config.shift_remove(&name);
        }
    }
    config
}
