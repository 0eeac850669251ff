//! What a sink makes of one event: the request it would send, and where each field of the event stands
//! in it.
//!
//! Nothing here knows how a record is made. A field's place is found by changing the field and
//! comparing what is sent, which also finds what a label, a header or the address takes from it.

mod leaves;

use std::fmt::Write as _;

use indexmap::IndexMap;
use minijinja::{Value, context};
use serde_json::{Value as Json, json};

use self::leaves::{Leaf, leaves};
use super::cost;
use super::markdown::code;
use super::tables::grouped;
use crate::sink::interpret::{
    Encoded, Event, Interpreter, Request, Settings, add_examples, request,
};
use crate::sink::{Form, Method, Sink};
use crate::text::plain;

/// When the event is sent: 2026-01-02T03:04:06Z.
const NOW: i64 = 1_767_323_046_000_000_000;
/// Places of a field that are named; a row has room for no more.
const MOST_PLACES: usize = 3;
/// Characters of a value in the table.
const SHOWN: usize = 60;

/// The event of the guides, as fapilog writes one.
fn event() -> Json {
    json!({
        "timestamp": "2026-01-02T03:04:05.678Z",
        "level": "WARNING",
        "message": "order placed",
        "logger": "shop.orders",
        "context": {"message_id": "7f0c2b1e", "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736"},
        "diagnostics": {"service": "shop", "host": "web-1"},
        "data": {"order_id": 42, "customer": {"tier": "gold"}},
    })
}

/// A pointer to each field of the event, and another value for it.
fn changes() -> [(&'static str, Json); 10] {
    [
        ("/timestamp", json!("2026-01-02T03:04:04.567Z")),
        ("/level", json!("ERROR")),
        ("/message", json!("payment failed")),
        ("/logger", json!("bank.cards")),
        ("/context/message_id", json!("90ab3d4c")),
        (
            "/context/trace_id",
            json!("0af7651916cd43dd8448eb211c80319c"),
        ),
        ("/diagnostics/service", json!("bank")),
        ("/diagnostics/host", json!("db-2")),
        ("/data/order_id", json!(57)),
        ("/data/customer/tier", json!("blue")),
    ]
}

/// What is sent of one event.
struct Sent {
    encoded: Encoded,
    /// `None` where an SDK makes it.
    request: Option<Request>,
}

impl Sent {
    fn of(sink: &Sink, settings: &Settings, entry: &Json) -> Self {
        let mut interpreter = Interpreter::new(sink, settings.clone());
        let encoded = interpreter.encode(&Event::read(entry, NOW), NOW);
        let request = request(&interpreter, &[&encoded], NOW);
        Self { encoded, request }
    }

    /// All that it consists of, under names that a reader finds in the request.
    fn leaves(&self, sink: &Sink) -> Vec<Leaf> {
        let mut all = leaves("", &self.encoded.bytes);
        if matches!(sink.payload.form, Form::Streams(_)) {
            let labels = self.encoded.group.as_deref().unwrap_or_default();
            all.extend(leaves("stream", labels));
        }
        if let Some(request) = &self.request {
            all.push(Leaf::new("the address", &request.shown_url));
            let headers = request.headers.iter();
            all.extend(headers.map(|one| Leaf::new(&format!("header {}", one.name), &one.shown)));
        }
        all
    }
}

/// What the template needs; `None` where the examples of the settings do not fit together.
pub fn context(sink: &Sink) -> Option<Value> {
    let mut given = IndexMap::new();
    add_examples(sink, &mut given);
    let settings = Settings::read(sink, &given).ok()?;
    let sent = Sent::of(sink, &settings, &event());
    Some(context! {
        event => shown_event(),
        request => shown(sink, &sent),
        fields => fields(sink, &settings, &sent),
        bytes => grouped(size(sink, &sent.encoded)),
        estimate => cost::estimate(sink, size(sink, &sent.encoded)),
    })
}

/// The event, a line for each of its parts.
fn shown_event() -> String {
    let event = event();
    let parts = event.as_object().into_iter().flatten();
    let lines: Vec<_> = parts
        .map(|(key, value)| format!("  {}: {value}", Json::from(key.as_str())))
        .collect();
    format!("{{\n{}\n}}", lines.join(",\n"))
}

/// Bytes that the event adds to a request, before compression.
fn size(sink: &Sink, encoded: &Encoded) -> u64 {
    let length = u64::try_from(encoded.length).unwrap_or(u64::MAX);
    length.saturating_add(sink.limits.sizing.record)
}

/// The request as text; of an SDK's the record.
fn shown(sink: &Sink, sent: &Sent) -> String {
    let mut out = String::new();
    let Some(request) = &sent.request else {
        return fenced(&indented(&sent.encoded.bytes));
    };
    let _ = writeln!(
        out,
        "{} {}",
        word(request.method),
        plain(&request.shown_url)
    );
    for header in &request.headers {
        let _ = writeln!(out, "{}: {}", plain(&header.name), plain(&header.shown));
    }
    out.push('\n');
    let is_protobuf = matches!(sink.payload.form, Form::OtlpProtobuf { .. });
    let body = if is_protobuf {
        &sent.encoded.bytes
    } else {
        &request.body
    };
    out.push_str(&indented(body));
    fenced(&out)
}

/// JSON with line breaks; each line of another body as it is.
fn indented(body: &str) -> String {
    let lines = || body.lines().map(plain).collect::<Vec<_>>().join("\n");
    serde_json::from_str::<Json>(body).map_or_else(|_| lines(), |body| format!("{body:#}"))
}

/// Nothing in it ends the block it stands in.
fn fenced(text: &str) -> String {
    text.replace("```", "'''").replace("~~~", "---")
}

/// A row for each field, then one for each value that is of none.
fn fields(sink: &Sink, settings: &Settings, sent: &Sent) -> Vec<Value> {
    let before = sent.leaves(sink);
    let mut is_of_a_field = vec![false; before.len()];
    let mut rows = Vec::new();
    for (pointer, other) in changes() {
        let mut entry = event();
        if let Some(place) = entry.pointer_mut(pointer) {
            *place = other;
        }
        let after = Sent::of(sink, settings, &entry).leaves(sink);
        let mut places = Vec::new();
        let mut value = None;
        for (index, leaf) in before.iter().enumerate() {
            if !after.contains(leaf) {
                is_of_a_field[index] = true;
                places.push(code(&leaf.path));
                value.get_or_insert_with(|| cut(&leaf.value));
            }
        }
        rows.push(context! {
            field => code(&pointer[1..].replace('/', ".")),
            places => named(places),
            value => value.map(|value| code(&value)),
        });
    }
    let others = before.iter().zip(is_of_a_field).filter(|(leaf, is)| {
        // Headers and the address stand above the body; they need no row to be found.
        !is && !leaf.path.starts_with("header ") && leaf.path != "the address"
    });
    let others = others.map(|(leaf, _)| {
        context! { field => None::<String>, places => code(&leaf.path), value => code(&cut(&leaf.value)) }
    });
    rows.extend(others);
    rows
}

fn named(mut places: Vec<String>) -> String {
    places.dedup();
    let more = places.len().saturating_sub(MOST_PLACES);
    places.truncate(MOST_PLACES);
    let mut text = places.join(", ");
    if more > 0 {
        let _ = write!(text, " and {more} more");
    }
    text
}

fn cut(value: &str) -> String {
    if value.chars().count() <= SHOWN {
        return value.to_owned();
    }
    let start: String = value.chars().take(SHOWN).collect();
    start + "…"
}

const fn word(method: Method) -> &'static str {
    match method {
        Method::Post => "POST",
        Method::Put => "PUT",
        Method::Get => "GET",
        Method::Head => "HEAD",
        Method::Options => "OPTIONS",
    }
}
