//! `preview`: what a sink would send, and what an answer would mean, without generating anything.

use std::borrow::Cow;
use std::path::PathBuf;

use indexmap::IndexMap;
use serde_json::Value as Json;
use time::OffsetDateTime;

use super::console::{FAINT, GOOD, NOTABLE, STRONG};
use super::entries::Entries;
use super::source::Source;
use super::{Console, Context, Exit, Failure, Result};
use crate::mock::otlp;
use crate::sink::interpret::{
    Encoded, Event, Interpreter, Reply, Request, Settings, Too, Verdict, WhatNow, from_hex, interpret,
    pack, request,
};
use crate::sink::{Kind, Method, Setting, Sink};
use crate::spec::suggest::closest_hint;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen preview --provider datadog
  fapilog-gen preview --spec my.yaml --input app.ndjson --set service=checkout
  fapilog-gen preview --provider loki --answer 429
  fapilog-gen preview --provider datadog --answer '400:{\"errors\":[{\"detail\":\"bad\"}]}'";

/// Entries of the sample that are shown.
const SHOWN: usize = 2;

/// Show the request a sink would send: method, URL, headers and body.
///
/// Nothing is generated and nothing is sent. Secrets are masked; required settings that are not given
/// take their example. With `--answer` it says what such an answer would mean for the events.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// NDJSON file with fapilog entries [default: two entries of a built-in sample].
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// A setting, as it would stand in its environment variable. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Say what this answer would mean instead: a status, and a body after a colon.
    #[arg(long, value_name = "STATUS[:BODY]")]
    answer: Option<String>,
    /// Indent JSON bodies.
    #[arg(long)]
    pretty: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let sink = arguments.source.load(&context.assets)?.sink;
    let entries = match &arguments.input {
        Some(path) => Entries::from_file(path)?.values()?,
        None => Entries::sample(&context.assets)?
            .values()?
            .into_iter()
            .take(SHOWN)
            .collect(),
    };
    let settings = settings(&sink, &arguments.set)?;
    let now = now();
    if let Some(answer) = &arguments.answer {
        return say(context, &sink, answer, entries.len(), now);
    }
    let mut interpreter = Interpreter::new(&sink, settings);
    let encoded: Vec<Encoded> = entries
        .iter()
        .map(|entry| interpreter.encode(&Event::read(entry, now), now))
        .collect();
    let packed = pack(&interpreter, &encoded, now);
    let console = &mut context.console;
    for (index, positions) in packed.requests.iter().enumerate() {
        if index > 0 {
            console.line("")?;
        }
        let records: Vec<&Encoded> = positions
            .iter()
            .map(|position| &encoded[*position])
            .collect();
        match request(&interpreter, &records, now) {
            Some(made) => show(console, &made, arguments.pretty)?,
            None => show_records(console, &sink, &records)?,
        }
    }
    for (position, why) in &packed.left {
        let why = match why {
            Too::Long => "longer than the provider takes",
            Too::Old => "outside the provider's time window",
        };
        let line = format!("entry {} is not sent: it is {why}", position + 1);
        console.report(console.paint(NOTABLE, line))?;
    }
    Ok(Exit::Done)
}

fn show(console: &mut Console, request: &Request, pretty: bool) -> Result<()> {
    let method = console.paint(STRONG, word(request.method));
    console.line(format_args!("{method} {}", request.shown_url))?;
    for header in &request.headers {
        let name = console.paint(FAINT, format_args!("{}:", header.name));
        console.line(format_args!("{name} {}", header.shown))?;
    }
    console.line("")?;
    let body = shown_body(request);
    let indented = serde_json::from_str::<Json>(&body.text)
        .ok()
        .filter(|_| pretty);
    match indented {
        Some(body) => console.line(format_args!("{body:#}"))?,
        None => console.line(body.text.strip_suffix('\n').unwrap_or(&body.text))?,
    }
    if let Some(bytes) = body.protobuf_bytes {
        let line = format!("sent as protobuf, {bytes} bytes before compression");
        console.line(console.paint(FAINT, line))?;
    }
    Ok(())
}

struct Shown<'r> {
    text: Cow<'r, str>,
    /// How long the body is where it is protobuf, whose JSON form is shown.
    protobuf_bytes: Option<usize>,
}

fn shown_body(request: &Request) -> Shown<'_> {
    let is_protobuf = request.is_protobuf;
    let bytes = from_hex(&request.body).filter(|_| is_protobuf);
    let decoded = bytes.and_then(|bytes| Some((otlp::decode(&bytes).ok()?.json, bytes.len())));
    match decoded {
        Some((json, bytes)) => Shown {
            text: Cow::Owned(json),
            protobuf_bytes: Some(bytes),
        },
        None => Shown {
            text: Cow::Borrowed(&request.body),
            protobuf_bytes: None,
        },
    }
}

/// An SDK makes the request; these are the records it is given.
fn show_records(console: &mut Console, sink: &Sink, records: &[&Encoded]) -> Result<()> {
    let title = format!("records for the SDK of {}", sink.title);
    console.line(console.paint(STRONG, title))?;
    for record in records {
        console.line(&record.bytes)?;
    }
    Ok(())
}

fn say(context: &mut Context, sink: &Sink, answer: &str, sent: usize, now: i64) -> Result {
    let (status, body) = answer.split_once(':').unwrap_or((answer, ""));
    let status = status
        .trim()
        .parse()
        .ok()
        .filter(|status| (100..=999).contains(status));
    let Some(status) = status else {
        let hint = "write a status, or a status and a body: `--answer 429` or `--answer '400:{}'`";
        return Err(Failure::new("`--answer` starts with no HTTP status").hint(hint));
    };
    let reply = Reply {
        status,
        body: body.to_owned(),
        headers: Vec::new(),
    };
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of this century fit exactly"
    )]
    let seconds = (now / 1_000_000_000) as f64;
    let verdict = interpret(sink, &reply, sent, seconds);
    let (word, meaning) = meaning(&verdict, sent);
    let console = &mut context.console;
    let style = if verdict.outcome == WhatNow::Delivered {
        GOOD
    } else {
        NOTABLE
    };
    let word = console.paint(style, word);
    console.line(format_args!("{word}: {meaning}"))?;
    if verdict.outcome != WhatNow::Delivered {
        let reason = console.paint(FAINT, &verdict.reason);
        console.line(format_args!("  {reason}"))?;
    }
    Ok(Exit::Done)
}

/// A verdict in a word and in a sentence.
fn meaning(verdict: &Verdict, sent: usize) -> (&'static str, String) {
    let again = match verdict.retry_after {
        Some(seconds) => format!("after {seconds} seconds, as asked"),
        None => "after a growing, random delay".to_owned(),
    };
    match &verdict.outcome {
        WhatNow::Delivered => ("delivered", format!("all {sent} events are stored")),
        WhatNow::Partial {
            rejected,
            uncertain,
            retry,
        } => {
            let stored = sent - rejected.len() - uncertain.len() - retry.len();
            let uncertain = match uncertain.as_slice() {
                [] => String::new(),
                events => format!(", {events:?} may be stored or not"),
            };
            let text = format!(
                "{stored} of {sent} events are stored, {rejected:?} are refused, {retry:?} are sent again{uncertain}"
            );
            ("partial", text)
        }
        WhatNow::Split => ("split", "the request is too large; its halves are sent".to_owned()),
        WhatNow::Bisect => (
            "bisect",
            "some event is refused; halves are sent until it is found".to_owned(),
        ),
        WhatNow::Throttled => ("throttled", format!("the same request is sent again {again}")),
        WhatNow::Transient => ("transient", format!("the same request is sent again {again}")),
        WhatNow::Paused => (
            "paused",
            "the events are kept and the sink says so; one probe at a time finds out when it goes on"
                .to_owned(),
        ),
        WhatNow::Uncertain { failed: Some(failed) } => (
            "uncertain",
            format!("{failed} of {sent} events are lost and nobody knows which; none is sent again"),
        ),
        WhatNow::Uncertain { failed: None } => (
            "uncertain",
            "some events are lost and nobody knows which; none is sent again".to_owned(),
        ),
        WhatNow::Rejected => ("rejected", format!("all {sent} events are refused for good")),
    }
}

/// What is given, and an example for what is required besides.
fn settings(sink: &Sink, given: &[String]) -> Result<Settings> {
    let mut values = IndexMap::new();
    for pair in given {
        let Some((name, value)) = pair.split_once('=') else {
            let hint = "write the name, an equals sign and the value: `--set service=checkout`";
            return Err(Failure::new("`--set` takes NAME=VALUE").hint(hint));
        };
        if sink.setting_named(name).is_none() {
            let known: Vec<&str> = sink.settings.iter().map(|setting| &*setting.name).collect();
            let hint = closest_hint(name, &known, "settings are");
            return Err(Failure::new(format!("no setting `{name}`")).hint(hint));
        }
        values.insert(name.to_owned(), Json::from(value));
    }
    let credentials = sink.needed_credentials();
    let is_one_set = credentials
        .iter()
        .any(|id| values.contains_key(&sink.setting(*id).name));
    let missing = sink.settings.iter().filter(|setting| setting.is_required());
    let first = credentials
        .first()
        .filter(|_| !is_one_set)
        .map(|id| sink.setting(*id));
    for setting in missing.chain(first) {
        if !values.contains_key(&setting.name) {
            values.insert(setting.name.clone(), example(setting));
        }
    }
    Settings::read(sink, &values).map_err(|refused| {
        let each: Vec<String> = refused
            .iter()
            .map(|refusal| format!("`{}` {}", refusal.setting, refusal.message))
            .collect();
        Failure::new(format!("settings cannot work: {}", each.join("; ")))
            .hint("give them with `--set NAME=VALUE`")
    })
}

fn example(setting: &Setting) -> Json {
    if let Some(example) = &setting.example {
        return example.clone().into();
    }
    match &setting.kind {
        Kind::Url | Kind::SecretUrl => "https://example.com".into(),
        Kind::Bool => true.into(),
        Kind::Int { min, one_of, .. } => one_of.first().copied().or(*min).unwrap_or(1).into(),
        Kind::Float { min, .. } | Kind::Duration { min, .. } => min.unwrap_or(1.0).into(),
        Kind::Enum(values) => values.first().map(|first| first.value.clone()).into(),
        Kind::List { .. } => vec!["example"].into(),
        Kind::Map => serde_json::json!({"example": "example"}),
        Kind::Text(_) | Kind::Secret(_) => {
            format!("example-{}", setting.name.replace('_', "-")).into()
        }
    }
}

/// A method as it goes over the wire.
const fn word(method: Method) -> &'static str {
    match method {
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Options => "OPTIONS",
    }
}

/// Nanoseconds since 1970.
fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos()).unwrap_or(i64::MAX)
}
