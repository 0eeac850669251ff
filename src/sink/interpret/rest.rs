//! The parts of an event that a spec names no place for.

use serde_json::{Map, Value as Json};

use super::super::model::{Rest, RestShape, RestValues};
use super::encode::text_of;
use super::event::Event;

/// The members a rest comes to, in order, their keys free among themselves and of `taken`.
pub fn members(rest: &Rest, event: &Event, taken: &[String]) -> Vec<(String, Json)> {
    let mut used: Vec<String> = taken.to_vec();
    let mut out = Vec::new();
    for part in &rest.parts {
        let shaped = shaped(event.part(part.part), &rest.shape);
        let clash = clean_key(&part.clash_prefix, &rest.shape);
        let own: Vec<String> = shaped
            .iter()
            .map(|(name, _)| format!("{}{name}", rest.shape.prefix))
            .collect();
        let mut seen = Vec::new();
        for (name, value) in shaped {
            let mut name = name;
            let mut key = format!("{}{name}", rest.shape.prefix);
            // A key renamed must not become that of a later member either.
            let mut renamed = false;
            while used.contains(&key) || (renamed && own.contains(&key)) || seen.contains(&key) {
                name.insert_str(0, &clash);
                key = format!("{}{name}", rest.shape.prefix);
                renamed = true;
            }
            seen.push(key.clone());
            out.push((key, value));
        }
        used.extend(seen);
    }
    capped(out, &rest.shape)
}

/// Members of a part, nulls left out, keys cleaned, nested ones flattened, values converted.
fn shaped(part: &Map<String, Json>, shape: &RestShape) -> Vec<(String, Json)> {
    let mut out = Vec::new();
    for (key, value) in part {
        push(&mut out, key.clone(), value, shape, 1);
    }
    let converted = out.into_iter().map(|(key, value)| {
        let value = match (shape.values, &value) {
            (RestValues::Any, _)
            | (RestValues::Scalars, Json::String(_) | Json::Number(_) | Json::Bool(_))
            | (RestValues::Texts, Json::String(_)) => value,
            (RestValues::Scalars | RestValues::Texts, other) => Json::String(text_of(other)),
        };
        (clean_key(&key, shape), value)
    });
    converted.collect()
}

fn push(out: &mut Vec<(String, Json)>, key: String, value: &Json, shape: &RestShape, depth: usize) {
    match (&shape.flatten, value) {
        (_, Json::Null) => {}
        (Some(separator), Json::Object(inner)) if depth <= super::encode::MAX_DEPTH => {
            for (name, value) in inner {
                push(
                    out,
                    format!("{key}{separator}{name}"),
                    value,
                    shape,
                    depth + 1,
                );
            }
        }
        _ => out.push((key, value.clone())),
    }
}

/// Characters that keys may not have become `_`.
fn clean_key(key: &str, shape: &RestShape) -> String {
    match &shape.keys {
        None => key.to_owned(),
        Some(set) => key
            .chars()
            .map(|character| {
                if is_in(set, character) {
                    character
                } else {
                    '_'
                }
            })
            .collect(),
    }
}

/// The most members a provider takes: those beyond stand together under the last.
fn capped(mut members: Vec<(String, Json)>, shape: &RestShape) -> Vec<(String, Json)> {
    let Some(max) = shape.max.and_then(|max| usize::try_from(max).ok()) else {
        return members;
    };
    if members.len() <= max {
        return members;
    }
    let beyond: Map<String, Json> = members.drain(max.saturating_sub(1)..).collect();
    let text = text_of(&Json::Object(beyond));
    members.push((format!("{}_rest", shape.prefix), Json::String(text)));
    members
}

/// Whether a bracket expression names `character`; a `-` at either end stands for itself.
pub fn is_in(set: &str, character: char) -> bool {
    let mut rest = set.chars();
    while let Some(low) = rest.next() {
        let mut ahead = rest.clone();
        if let (Some('-'), Some(high)) = (ahead.next(), ahead.next()) {
            if (low..=high).contains(&character) {
                return true;
            }
            rest = ahead;
        } else if low == character {
            return true;
        }
    }
    false
}
