//! Takes a body apart into records, one function per form.

use std::sync::Arc;

use serde_json::Value as Json;

use super::Clients;
use super::json::{self, Kind, Node};
use super::loki;
use super::record;
use crate::sink::{Form, Record, Sink, Value};

/// One record as it stood in the body.
#[derive(Debug)]
pub(super) struct RawRecord<'a> {
    /// Its bytes on the wire.
    pub text: &'a str,
    /// Where in them begins what is the same in every request: after its position, where it has one.
    pub own: usize,
    /// Its value.
    pub node: Node,
    /// The action line or label set it came with.
    pub group: Option<Arc<Json>>,
    /// Why the vendor refuses the group it stands in.
    pub problem: Option<Arc<str>>,
}

/// Splits a body into its records; the error says why the whole body is not as documented.
pub(super) fn split<'a>(
    sink: &Sink,
    clients: Clients,
    body: &'a str,
) -> Result<Vec<RawRecord<'a>>, String> {
    match &sink.payload.form {
        Form::Envelope { envelope, position } => {
            enveloped((sink, clients), envelope, position.as_deref(), body)
        }
        Form::Single => Ok(vec![plain(body, parse(body)?)]),
        Form::Lines { before, newline } => {
            let of_event = match &sink.payload.record {
                Record::Json { before, .. } => before.as_ref(),
                Record::Text(_) | Record::StreamEntry { .. } => None,
            };
            match (before.as_ref().or(of_event), &sink.payload.record, newline) {
                (Some(action), _, _) => action_lines((sink, clients), body, action),
                (None, Record::Text(_), _) => Ok(texts(body)?),
                (None, _, true) => records(lines(body)?),
                (None, _, false) => concatenated(body),
            }
        }
        Form::Streams(_) => loki::streams(body, parse(body)?),
        // Its JSON form, which the decoder made.
        Form::OtlpProtobuf { envelope } => enveloped((sink, clients), envelope, None, body),
        Form::Sdk => Err("this provider's records arrive through its SDK".to_owned()),
    }
}

fn parse(text: &str) -> Result<Node, String> {
    json::parse(text).map_err(|error| format!("not JSON: {error}"))
}

fn plain(text: &str, node: Node) -> RawRecord<'_> {
    RawRecord {
        text,
        own: 0,
        node,
        group: None,
        problem: None,
    }
}

/// The records of a body in which all of them stand in one list.
fn enveloped<'a>(
    (sink, clients): (&Sink, Clients),
    envelope: &Value,
    position: Option<&str>,
    body: &'a str,
) -> Result<Vec<RawRecord<'a>>, String> {
    let node = parse(body)?;
    let place =
        record::check_around(sink, clients, envelope, &node)?.ok_or("no list of records")?;
    let found = place.as_list().unwrap_or_default();
    let elements = found.iter().enumerate().map(|(index, element)| {
        let text = &body[element.span.clone()];
        let mut node = parse(text)?;
        let own = match position {
            Some(key) => numbered(&mut node, key, index)?,
            None => 0,
        };
        Ok(RawRecord {
            own,
            ..plain(text, node)
        })
    });
    elements.collect()
}

/// Takes the position off a record that begins with it; gives where it ends.
fn numbered(node: &mut Node, key: &str, index: usize) -> Result<usize, String> {
    let Kind::Object(members) = &mut node.kind else {
        return Err(format!("record {index} is no object"));
    };
    match members.first() {
        Some((name, value)) if name == key && value.as_text() == Some(&index.to_string()) => {
            Ok(members.remove(0).1.span.end)
        }
        _ => Err(format!("record {index} does not begin with its `{key}`")),
    }
}

/// The lines of a body; each ends with a newline, none is empty.
fn lines(body: &str) -> Result<Vec<&str>, String> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let Some(body) = body.strip_suffix('\n') else {
        return Err("the last line does not end with a newline".to_owned());
    };
    let lines: Vec<_> = body.split('\n').collect();
    match lines.iter().position(|line| line.trim().is_empty()) {
        Some(empty) => Err(format!("line {} is empty", empty + 1)),
        None => Ok(lines),
    }
}

fn records(lines: Vec<&str>) -> Result<Vec<RawRecord<'_>>, String> {
    let records = lines.into_iter();
    records.map(|line| Ok(plain(line, parse(line)?))).collect()
}

/// Lines of plain text.
fn texts(body: &str) -> Result<Vec<RawRecord<'_>>, String> {
    let lines = lines(body)?.into_iter();
    let text = |line: &str| Node {
        span: 0..line.len(),
        kind: Kind::Text(line.to_owned()),
    };
    Ok(lines.map(|line| plain(line, text(line))).collect())
}

fn concatenated(body: &str) -> Result<Vec<RawRecord<'_>>, String> {
    let mut records = Vec::new();
    let mut at = 0;
    loop {
        let next = json::parse_next(body, at).map_err(|error| format!("not JSON: {error}"))?;
        let Some(node) = next else {
            return Ok(records);
        };
        at = node.span.end;
        records.push(plain(&body[node.span.clone()], node));
    }
}

fn action_lines<'a>(
    (sink, clients): (&Sink, Clients),
    body: &'a str,
    action: &Value,
) -> Result<Vec<RawRecord<'a>>, String> {
    let lines = lines(body)?;
    if lines.len() % 2 != 0 {
        return Err("the last action line has no record after it".to_owned());
    }
    let mut records = Vec::with_capacity(lines.len() / 2);
    for (index, pair) in lines.chunks_exact(2).enumerate() {
        let found = parse(pair[0])?;
        record::check_around(sink, clients, action, &found)
            .map_err(|problem| format!("line {}: the action: {problem}", index * 2 + 1))?;
        records.push(RawRecord {
            group: Some(Arc::new(found.to_value())),
            ..plain(pair[1], parse(pair[1])?)
        });
    }
    Ok(records)
}
