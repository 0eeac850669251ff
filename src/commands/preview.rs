//! `preview`: what a sink would send, and what an answer would mean, without generating anything.

mod answer;
mod settings;

use std::borrow::Cow;
use std::path::PathBuf;

use serde_json::Value as Json;
use time::OffsetDateTime;

use self::settings::Chosen;
use super::console::{FAINT, NOTABLE, STRONG};
use super::entries::{Entries, lines};
use super::source::Source;
use super::{Console, Context, Exit, Result};
use crate::mock::otlp;
use crate::sink::interpret::{
    Encoded, Event, Interpreter, Packed, Request, Too, from_hex, pack, request,
};
use crate::sink::{Encoding, Method, Sink};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen preview --provider datadog
  fapilog-gen preview --spec my.yaml --input app.ndjson --set dataset=checkout
  fapilog-gen preview --provider loki --answer 429 --answer-header 'Retry-After: 7'
  fapilog-gen preview --provider datadog --answer '400:{\"errors\":[{\"detail\":\"bad\"}]}'";

/// Show the request a sink would send: method, URL, headers and body.
///
/// Nothing is generated and nothing is sent. Secrets are masked; required settings that are not given
/// take their example. With `--answer` it says what such an answer would mean for the events.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Entries to send, one a line, however odd [default: a built-in sample].
    #[arg(long, value_name = "FILE", conflicts_with = "events")]
    input: Option<PathBuf>,
    /// How many entries of the sample.
    #[arg(long, value_name = "COUNT", default_value = "2", value_parser = clap::value_parser!(u8).range(1..=200))]
    events: u8,
    /// A setting, as it would stand in its environment variable. May be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
    set: Vec<String>,
    /// Say what this answer would mean instead: a status, and a body after a colon.
    #[arg(long, value_name = "STATUS[:BODY]")]
    answer: Option<String>,
    /// A header of that answer. May be repeated.
    #[arg(long, value_name = "NAME:VALUE", requires = "answer")]
    answer_header: Vec<String>,
    /// Indent JSON bodies.
    #[arg(long)]
    pretty: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    // A spec is looked at while it is written: what its worked examples say need not be right yet.
    let loaded = arguments.source.load_unproved(&context.assets)?;
    let sink = &loaded.sink;
    let chosen = settings::choose(sink, &arguments.set)?;
    let entries = match &arguments.input {
        Some(path) => lines(path)?,
        None => Entries::sample(&context.assets)?.values(usize::from(arguments.events))?,
    };
    let (console, now) = (&mut context.console, now());
    if let Some(answer) = &arguments.answer {
        let reply = answer::read(answer, &arguments.answer_header)?;
        answer::say(console, sink, &reply, entries.len(), now)?;
        return Ok(Exit::Done);
    }
    show_all(console, sink, chosen, &entries, arguments.pretty, now)?;
    if loaded.proved().is_err() {
        console.progress(
            "its vectors do not say this yet: `fapilog-gen validate` says what they should",
        )?;
    }
    Ok(Exit::Done)
}

fn show_all(
    console: &mut Console,
    sink: &Sink,
    chosen: Chosen,
    entries: &[Json],
    pretty: bool,
    now: i64,
) -> Result<()> {
    let mut interpreter = Interpreter::new(sink, chosen.settings);
    let encoded: Vec<Encoded> = entries
        .iter()
        .map(|entry| interpreter.encode(&Event::read(entry, now), now))
        .collect();
    let packed = pack(&interpreter, &encoded, now);
    let all = packed.requests.len();
    for (index, positions) in packed.requests.iter().enumerate() {
        if all > 1 {
            let gap = if index > 0 { "\n" } else { "" };
            let title = format!("request {} of {all}, {}", index + 1, events(positions));
            console.line(format_args!("{gap}{}", console.paint(FAINT, title)))?;
        }
        let records: Vec<&Encoded> = positions.iter().map(|at| &encoded[*at]).collect();
        match request(&interpreter, &records, now) {
            Some(made) => show(console, &made, pretty)?,
            None => show_records(console, sink, &records)?,
        }
    }
    show_left(console, &packed)?;
    if packed.requests.is_empty() {
        return Ok(());
    }
    notes(sink, &chosen.examples)
        .into_iter()
        .try_for_each(|note| console.progress(note))
}

fn events(positions: &[usize]) -> String {
    let numbers: Vec<String> = positions.iter().map(|at| (at + 1).to_string()).collect();
    let word = if numbers.len() == 1 {
        "entry"
    } else {
        "entries"
    };
    format!("{word} {}", numbers.join(", "))
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
        let line = format!("as protobuf {bytes} bytes, of which this is the JSON form");
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

/// Says which entries would not be sent.
fn show_left(console: &mut Console, packed: &Packed) -> Result<()> {
    for (position, why) in &packed.left {
        let why = match why {
            Too::Long => "longer than the provider takes",
            Too::Old => "outside the provider's time window",
        };
        let line = format!("entry {} is not sent: it is {why}", position + 1);
        console.report(console.paint(NOTABLE, line))?;
    }
    Ok(())
}

/// What the request does not show.
fn notes(sink: &Sink, examples: &[String]) -> Vec<String> {
    let encoding = match sink.compression.first() {
        Some(Encoding::Gzip) => Some("gzip"),
        Some(Encoding::Zstd) => Some("zstd"),
        Some(Encoding::None) | None => None,
    };
    let mut notes = Vec::new();
    notes.extend(encoding.map(|name| format!("the body stands here before {name}")));
    if !examples.is_empty() {
        notes.push(format!(
            "examples stand for `{}`; `--set NAME=VALUE` gives others",
            examples.join("`, `")
        ));
    }
    notes
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
