//! Under which names the ids of a trace leave.

use crate::spec::model::{EventPart, OneOrMany, RecordShape, Spec};

/// Ids in an event's context that tie it to a trace.
const IDS: [&str; 2] = ["trace_id", "span_id"];

/// The names of those ids on the wire; less than both where a spec sends nothing of the context.
pub fn names(spec: &Spec) -> impl Iterator<Item = String> {
    IDS.into_iter().filter_map(|id| name(spec, id))
}

fn name(spec: &Spec, id: &str) -> Option<String> {
    let (metadata, fields, rest) = match &spec.payload.record {
        RecordShape::Object { fields, rest, .. } => (&[][..], fields, rest),
        RecordShape::StreamEntry {
            fields,
            rest,
            metadata,
            ..
        } => (&metadata[..], fields, rest),
    };
    let reference = format!("context.{id}");
    let names_it = |from: &OneOrMany| match from {
        OneOrMany::One(name) => *name == reference,
        OneOrMany::Many(names) => names.contains(&reference),
        OneOrMany::Absent => false,
    };
    let mut named = metadata.iter().chain(fields);
    if let Some(field) = named.find(|field| names_it(&field.from)) {
        return Some(field.name.clone());
    }
    let rest = rest.iter().find(|rest| rest.from == EventPart::Context)?;
    Some(match &rest.into {
        Some(key) => format!("{key}.{id}"),
        None => id.to_owned(),
    })
}
