//! Under which names the ids of a trace leave.

use crate::sink::{Chain, EventPart, From, Member, Piece, Record, Rest, Sink, Value};

/// Ids in an event's context that tie it to a trace.
const IDS: [&str; 2] = ["trace_id", "span_id"];

/// The names of those ids on the wire; less than both where a sink sends nothing of the context.
pub fn names(sink: &Sink) -> impl Iterator<Item = String> {
    IDS.into_iter()
        .filter_map(|id| in_record(&sink.payload.record, id))
}

fn in_record(record: &Record, id: &str) -> Option<String> {
    match record {
        Record::Json { value, .. } => in_value(value, "", id),
        Record::Text(_) => None,
        Record::StreamEntry { line, metadata } => {
            let named = metadata.iter().find(|(_, chain)| holds(chain, id));
            named
                .map(|(name, _)| name.clone())
                .or_else(|| in_record(line, id))
        }
    }
}

/// The path of an id below `path`: a place of its own before one among others.
fn in_value(value: &Value, path: &str, id: &str) -> Option<String> {
    match value {
        Value::Chain(chain) => holds(chain, id).then(|| path.to_owned()),
        Value::Text(text) => {
            let mut pieces = text.pieces.iter();
            let is_there =
                pieces.any(|piece| matches!(piece, Piece::Event(chain) if holds(chain, id)));
            is_there.then(|| path.to_owned())
        }
        Value::Rest(rest) => of_context(rest, id).map(|key| below(path, &key)),
        Value::Encoded { value, .. } => in_value(value, path, id),
        Value::Object(members) => {
            let own = members.iter().find_map(|member| match member {
                Member::Field { key, value } if !matches!(value, Value::Rest(_)) => {
                    in_value(value, &below(path, key), id)
                }
                _ => None,
            });
            let among = || {
                members.iter().find_map(|member| match member {
                    Member::Field { key, value } => in_value(value, &below(path, key), id),
                    Member::Merge { rest, .. } => of_context(rest, id).map(|key| below(path, &key)),
                })
            };
            own.or_else(among)
        }
        Value::List(items) => items.iter().find_map(|item| in_value(item, path, id)),
        Value::Literal(_) | Value::Records | Value::Each { .. } => None,
    }
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() {
        key.to_owned()
    } else {
        format!("{path}.{key}")
    }
}

fn of_context(rest: &Rest, id: &str) -> Option<String> {
    let mut parts = rest.parts.iter();
    let has_context = parts.any(|part| part.part == EventPart::Context);
    has_context.then(|| format!("{}{id}", rest.shape.prefix))
}

fn holds(chain: &Chain, id: &str) -> bool {
    chain.sources.iter().any(|from| {
        matches!(from, From::Key { part: EventPart::Context, path, .. } if path.as_slice() == [id])
    })
}
