//! An acknowledged request as it looks on the wire, for the tests that sinks are delivered with.

use indexmap::IndexMap;
use serde_json::{Value as Json, json};

use super::request::{Request, acknowledgement};
use super::{Interpreter, Settings};
use crate::sink::model::Sink;

/// The id that is acknowledged.
const ID: &str = "7";

/// A request that is acknowledged: what is said, one after the other.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Settings of the worked example.
    pub settings: IndexMap<String, Json>,
    /// Body of the answer to the request.
    pub accepted: String,
    /// The question.
    pub question: Request,
    /// Body of the answer that it is not stored yet.
    pub pending: String,
    /// Body of the answer that it is.
    pub stored: String,
}

/// The exchange of the first worked example in which requests are acknowledged, with another address
/// in the setting `place`; `None` where none are.
#[must_use]
pub fn exchange(sink: &Sink, place: (&str, &str), now: i64) -> Option<Exchange> {
    let given = sink.acknowledgement()?;
    let when = given.when.map(|when| &*sink.setting(when).name);
    let mut vectors = sink.vectors.requests.iter();
    let vector = vectors.find(|vector| {
        when.is_none_or(|when| vector.config.get(when) == Some(&Json::Bool(true)))
    })?;
    let mut settings = vector.config.clone();
    settings.insert(place.0.to_owned(), place.1.into());
    let read = Settings::read(sink, &settings).ok()?;
    let question = acknowledgement(&Interpreter::new(sink, read), ID, now)?;
    let accepted = serde_json::from_str(&sink.canned.accepted.body).unwrap_or_else(|_| json!({}));
    let acknowledged = given.acknowledged.join(ID);
    Some(Exchange {
        settings,
        accepted: with(accepted, &given.id, json!(7)),
        question,
        pending: with(json!({}), &acknowledged, json!(false)),
        stored: with(json!({}), &acknowledged, json!(true)),
    })
}

/// A body with a value where a JSON pointer leads.
fn with(body: Json, pointer: &str, value: Json) -> String {
    let (step, rest) = match pointer.strip_prefix('/') {
        None => return value.to_string(),
        Some(steps) => steps.split_once('/').unwrap_or((steps, "")),
    };
    let rest = if rest.is_empty() {
        String::new()
    } else {
        format!("/{rest}")
    };
    let key = step.replace("~1", "/").replace("~0", "~");
    let mut members = match body {
        Json::Object(members) => members,
        _ => serde_json::Map::new(),
    };
    let inner = members.get(&key).cloned().unwrap_or_else(|| json!({}));
    let inner = with(inner, &rest, value);
    members.insert(key, serde_json::from_str(&inner).unwrap_or_default());
    Json::Object(members).to_string()
}
