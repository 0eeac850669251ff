//! Ids for what was accepted, and answers to questions about them.
//!
//! An id is known to who pushed with the same channel, or whatever else the question names, and is
//! acknowledged once.

use std::collections::{BTreeMap, HashSet};

use serde_json::{Map, Value, json};

use super::answer::{self, Reply};
use super::auth;
use super::fault::QuestionFault;
use super::gate::Incoming;
use super::judge::Judgement;
use super::template;
use crate::sink::{Acknowledgement, Parameter, Piece, Sink};

/// What the pushes share that one question can be about.
type Channel = Vec<String>;

/// Ids that were given out and not acknowledged yet.
#[derive(Debug, Default)]
pub(super) struct Acknowledgements {
    next: u64,
    open: HashSet<(Channel, u64)>,
}

impl Acknowledgements {
    /// The answer to a push that was accepted, with an id where the push names a channel.
    pub fn issue(&mut self, sink: &Sink, push: &Incoming, mut reply: Reply) -> Reply {
        let Some(given) = sink.acknowledgement() else {
            return reply;
        };
        let (Some(channel), Ok(Value::Object(mut body))) = (
            channel(sink, given, push),
            serde_json::from_str(&reply.body),
        ) else {
            return reply;
        };
        let id = self.next;
        self.next += 1;
        self.open.insert((channel, id));
        put(&mut body, &given.id, id.into());
        reply.body = Value::Object(body).to_string();
        reply
    }

    /// Answers a question; `None` when the request is none.
    pub fn answer(
        &mut self,
        sink: &Sink,
        secrets: &BTreeMap<String, String>,
        request: &Incoming,
        fault: Option<QuestionFault>,
    ) -> Option<Judgement> {
        let given = sink.acknowledgement()?;
        if !is_question(sink, request) {
            return None;
        }
        if let Err(problem) = auth::authorized(sink, secrets, request) {
            let reply = answer::unauthorized(&sink.canned);
            return Some(Judgement::refused(reply, problem));
        }
        match fault {
            Some(QuestionFault::Fail) => {
                let reply = Reply::from_spec(&sink.canned.unavailable);
                return Some(Judgement::fine(reply));
            }
            Some(QuestionFault::Garbage) => {
                return Some(Judgement::fine(Reply::json(200, "{\"acks\":")));
            }
            Some(QuestionFault::Reset) => return Some(Judgement::fine(Reply::text(0, ""))),
            Some(QuestionFault::Pending) | None => {}
        }
        let (id, channel) = match asked(given, request) {
            Ok(asked) => asked,
            Err(problem) => {
                let reply = Reply::from_spec(&sink.canned.malformed);
                return Some(Judgement::refused(reply, problem));
            }
        };
        let is_stored = fault.is_none() && self.open.remove(&(channel, id));
        let place = given.acknowledged.join(&id.to_string());
        let mut body = Map::new();
        put(&mut body, &place, is_stored.into());
        Some(Judgement::fine(Reply::json(200, json!(body).to_string())))
    }
}

/// Whether a request is a question about an acknowledgement.
pub(super) fn is_question(sink: &Sink, request: &Incoming) -> bool {
    let given = sink.acknowledgement();
    given.is_some_and(|given| template::matches_path(&given.path, &request.path))
}

/// The id and the channel of a question.
fn asked(given: &Acknowledgement, request: &Incoming) -> Result<(u64, Channel), String> {
    if request.method != "POST" {
        return Err(format!("expected POST, found {}", request.method));
    }
    let pairs = request.query_pairs();
    let mut channel = Channel::new();
    for (name, text) in &given.query {
        match pairs.iter().find(|(found, _)| found == name) {
            Some((_, found)) if template::matches(text, found, template::plain) => {
                channel.push(found.clone());
            }
            _ => return Err(format!("the query parameter `{name}` is missing or wrong")),
        }
    }
    let body = std::str::from_utf8(&request.wire).unwrap_or_default();
    let [before, after] = &given.body;
    let id = body
        .strip_prefix(before.as_str())
        .and_then(|rest| rest.strip_suffix(after.as_str()))
        .and_then(|id| id.parse().ok());
    id.map(|id| (id, channel))
        .ok_or_else(|| "the body is not the documented question".to_owned())
}

/// What a push has in its headers of the settings that a question names; `None` where one is missing.
fn channel(sink: &Sink, given: &Acknowledgement, push: &Incoming) -> Option<Channel> {
    let headers = &sink.endpoint()?.headers;
    let mut channel = Channel::new();
    for (_, text) in &given.query {
        let [Piece::Setting(asked)] = text.pieces.as_slice() else {
            continue;
        };
        let header = headers.iter().find_map(|header| match header {
            Parameter::Named { name, value } if value.pieces == [Piece::Setting(*asked)] => {
                Some(name)
            }
            _ => None,
        });
        channel.push(push.header(header?)?.to_owned());
    }
    Some(channel)
}

/// Puts a value where a JSON pointer leads.
fn put(body: &mut Map<String, Value>, pointer: &str, value: Value) {
    let mut steps: Vec<String> = pointer
        .split('/')
        .skip(1)
        .map(|step| step.replace("~1", "/").replace("~0", "~"))
        .collect();
    let Some(last) = steps.pop() else {
        return;
    };
    let mut place = body;
    for step in steps {
        let next = place.entry(step).or_insert_with(|| json!({}));
        match next {
            Value::Object(next) => place = next,
            _ => return,
        }
    }
    place.insert(last, value);
}
