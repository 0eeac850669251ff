//! From a drawn spec to one whose worked examples say what the interpreter says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fapilog_gen::sink::interpret::{
    Encoded, Event, Interpreter, Reply, Settings, WhatNow, health, interpret, request,
};
use fapilog_gen::sink::prove::NOW_SECONDS;
use fapilog_gen::sink::{LoadedSink, RequestVector, Sink, load_text};
use serde_json::{Value as Json, json};

use super::odd::{Random, odd_entry};

/// A spec, its text, and the sink it came to.
pub struct Drawn {
    pub id: String,
    pub text: String,
    pub loaded: LoadedSink,
}

/// Loads a spec and fills in its worked examples; the error is what `validate` says.
pub fn complete(id: &str, mut spec: Json) -> Result<Drawn, String> {
    // Answers with a wrong meaning would be refused before there is anybody to ask.
    let replies = std::mem::replace(&mut spec["vectors"]["responses"], json!([]));
    let mut sink = load(id, &spec)?.sink;
    fill_requests(&sink, &mut spec)?;
    sink.vectors.responses = serde_json::from_value(replies.clone()).map_err(|e| e.to_string())?;
    spec["vectors"]["responses"] = replies;
    fill_responses(&sink, &mut spec);
    let mut loaded = load(id, &spec)?
        .proved()
        .map_err(|found| format!("its own worked examples: {found}"))?;
    let one = spec["payload"]["body"]["records"] == "one";
    let drawn = format!("{id}{}", spec["vectors"]["requests"][0]["events"]);
    add_odd_entries(&drawn, one, &mut loaded.sink)?;
    Ok(Drawn {
        id: id.to_owned(),
        text: spec.to_string(),
        loaded,
    })
}

/// JSON is YAML too.
fn load(id: &str, spec: &Json) -> Result<LoadedSink, String> {
    let text = format!("{spec:#}");
    load_text(&format!("{id}.yaml"), text.as_bytes()).map_err(|found| found.to_string())
}

fn fill_requests(sink: &Sink, spec: &mut Json) -> Result<(), String> {
    for (index, vector) in sink.vectors.requests.iter().enumerate() {
        let one = spec["payload"]["body"]["records"] == "one";
        let shown = shown(sink, vector, one)?;
        let place = &mut spec["vectors"]["requests"][index];
        place["events"] = json!(shown.events);
        place["url"] = json!(shown.url);
        place["body"] = json!(shown.body);
        place["headers"] = json!(shown.headers);
        if let Some(url) = shown.health_url {
            place["health_url"] = json!(url);
        }
    }
    Ok(())
}

/// The example with the request that its events become, those left out that cannot travel with the
/// first.
fn shown(sink: &Sink, vector: &RequestVector, one: bool) -> Result<RequestVector, String> {
    let now = NOW_SECONDS * 1_000_000_000;
    let settings = Settings::read(sink, &vector.config)
        .map_err(|refused| format!("the settings of its example: {refused:?}"))?;
    let mut interpreter = Interpreter::new(sink, settings);
    let mut records: Vec<Encoded> = vector
        .events
        .iter()
        .map(|event| interpreter.encode(&Event::read(event, now), now))
        .collect();
    let first = records[0].group.clone();
    let together = records
        .iter()
        .take_while(|record| record.group == first)
        .count();
    records.truncate(if one { 1 } else { together });
    let records: Vec<&Encoded> = records.iter().collect();
    let made = request(&interpreter, &records, now).ok_or("an HTTP request")?;
    let headers = made
        .headers
        .into_iter()
        .filter(|header| header.name != "Content-Encoding")
        // A user alone is no example of a credential.
        .filter(|header| header.name != "Authorization" || is_example(&header.value));
    Ok(RequestVector {
        events: vector.events[..records.len()].to_vec(),
        url: Some(made.url),
        body: made.body,
        headers: headers.map(|header| (header.name, header.value)).collect(),
        health_url: health(&interpreter, now).map(|check| check.url),
        ..vector.clone()
    })
}

/// Adds an example of entries that nobody would write. A file cannot show them: `validate` asks for
/// events as fapilog writes them.
fn add_odd_entries(drawn: &str, one: bool, sink: &mut Sink) -> Result<(), String> {
    let seed = drawn.bytes().fold(0, |seed: u64, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut random = Random::seeded(seed);
    let mut vector = sink.vectors.requests[0].clone();
    "odd_entries_are_sent_too".clone_into(&mut vector.name);
    vector.events = (0..6).map(|_| odd_entry(&mut random)).collect();
    let shown = shown(sink, &vector, one)?;
    sink.vectors.requests.push(shown);
    Ok(())
}

fn fill_responses(sink: &Sink, spec: &mut Json) {
    for (index, vector) in sink.vectors.responses.iter().enumerate() {
        let reply = Reply {
            status: vector.status,
            headers: vector.headers.clone().into_iter().collect(),
            body: vector.body.clone(),
        };
        #[expect(clippy::cast_precision_loss, reason = "a second of this century")]
        let verdict = interpret(sink, &reply, vector.events.unwrap_or(1), NOW_SECONDS as f64);
        let place = &mut spec["vectors"]["responses"][index];
        let outcome = match &verdict.outcome {
            WhatNow::Delivered => "delivered",
            WhatNow::Partial {
                rejected,
                uncertain,
                retry,
            } => {
                let mut refused: Vec<&usize> = rejected.iter().chain(uncertain).collect();
                refused.sort_unstable();
                place["rejected"] = json!(refused);
                place["retry"] = json!(retry);
                "partial"
            }
            WhatNow::Split => "split",
            WhatNow::Bisect => "bisect",
            WhatNow::Throttled => "throttled",
            WhatNow::Transient => "transient",
            WhatNow::Paused => "paused",
            WhatNow::Uncertain { .. } => "uncertain",
            WhatNow::Rejected => "rejected",
        };
        place["outcome"] = json!(outcome);
        if let Some(seconds) = verdict.retry_after {
            spec["vectors"]["responses"][index]["retry_after_seconds"] = json!(seconds);
        }
    }
}

/// Whether a value shows that it is no real credential.
fn is_example(value: &str) -> bool {
    let pair = value
        .strip_prefix("Basic ")
        .and_then(|pair| STANDARD.decode(pair).ok());
    let pair = pair.and_then(|pair| String::from_utf8(pair).ok());
    pair.as_deref().unwrap_or(value).contains("example-")
}
