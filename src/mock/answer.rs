//! Turns a verdict into the vendor's own words.

use indexmap::IndexMap;

use super::cloudwatch::{REQUEST_ID, request_id};
use super::fault::FaultAnswer;
use crate::sink::{Answer, CannedAnswers, ItemsBy, Sink};

/// A response about to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    /// A plain answer with no vendor behind it.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![(
                "content-type".to_owned(),
                "text/plain; charset=utf-8".to_owned(),
            )],
            body: body.into(),
        }
    }

    /// A JSON answer.
    pub fn json(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.into(),
        }
    }

    /// One of the spec's answers as it stands.
    pub fn from_spec(answer: &Answer) -> Self {
        let mut headers = to_list(&answer.headers);
        let typed = headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        if !typed && !answer.body.is_empty() {
            let json = answer.body.trim_start().starts_with(['{', '[']);
            let kind = if json {
                "application/json"
            } else {
                "text/plain; charset=utf-8"
            };
            headers.push(("content-type".to_owned(), kind.to_owned()));
        }
        Self {
            status: answer.status,
            headers,
            body: answer.body.clone(),
        }
    }

    /// The same with one hole of its body filled.
    pub fn fill(mut self, hole: &str, text: &str) -> Self {
        self.body = self.body.replace(hole, text);
        self
    }
}

fn to_list(headers: &IndexMap<String, String>) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// The vendor's answer to wrong credentials; a bare 401 where the spec gives none.
pub(super) fn unauthorized(answers: &CannedAnswers) -> Reply {
    answers
        .unauthorized
        .as_ref()
        .map_or_else(|| Reply::text(401, "unauthorized"), Reply::from_spec)
}

/// The answer a fault asks for.
pub(super) fn for_fault(fault: FaultAnswer, sink: &Sink) -> Reply {
    let answers = &sink.canned;
    let mut reply = match fault {
        FaultAnswer::Throttled => Reply::from_spec(&answers.throttled),
        FaultAnswer::Unavailable => Reply::from_spec(&answers.unavailable),
        FaultAnswer::Unauthorized => unauthorized(answers),
        FaultAnswer::TooLarge => Reply::from_spec(&answers.too_large),
        FaultAnswer::Malformed => Reply::from_spec(&answers.malformed),
        FaultAnswer::Redirect => Reply {
            status: 307,
            // Stays on this server, so that a client that follows is seen doing it.
            headers: vec![("location".to_owned(), "/__mock/redirected".to_owned())],
            body: String::new(),
        },
        FaultAnswer::Garbage => Reply {
            status: 200,
            headers: vec![("content-type".to_owned(), "text/html".to_owned())],
            body: "<!doctype html><title>Sign in</title><p>Please sign in to the network."
                .to_owned(),
        },
    };
    if !sink.is_http() {
        reply
            .headers
            .retain(|(name, _)| !name.eq_ignore_ascii_case(REQUEST_ID));
        reply.headers.push((REQUEST_ID.to_owned(), request_id(0)));
    }
    reply
}

/// What became of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// Kept.
    Stored,
    /// Answered as stored, kept only once.
    Duplicate,
    /// Answered as stored, thrown away: outside the provider's time window.
    Discarded,
    /// Refused for ever, and why.
    Refused(String),
    /// Refused because it is too long by itself, and why.
    Oversize(String),
    /// Refused for now, where the provider answers by item; elsewhere it has no effect.
    Throttled,
}

impl Fate {
    /// True where the provider answers as if it had stored the record.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Stored | Self::Duplicate | Self::Discarded)
    }

    /// Why the record is refused for ever.
    pub fn problem(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) | Self::Oversize(problem) => Some(problem),
            _ => None,
        }
    }
}

/// Answers by item: `{items}` filled in request order, or with the failed ones and their `{index}`,
/// or `{failed}` with their number.
pub(super) fn by_item(answers: &CannedAnswers, by: &ItemsBy, fates: &[&Fate]) -> Reply {
    let all = fates.iter().all(|fate| fate.is_accepted());
    let answer = match &answers.partial {
        Some(partial) if !all => partial,
        None if !all && matches!(by, ItemsBy::Count { .. }) => &answers.malformed,
        _ => &answers.accepted,
    };
    let failed = fates.iter().filter(|fate| !fate.is_accepted()).count();
    let items = fates.iter().enumerate().filter_map(|(index, fate)| {
        let item = item(answers, fate).replace("{index}", &index.to_string());
        match by {
            ItemsBy::Position { .. } => Some(item),
            ItemsBy::Id { .. } => (!fate.is_accepted()).then_some(item),
            ItemsBy::Map { .. } => (!fate.is_accepted()).then(|| format!("\"{index}\":{item}")),
            ItemsBy::Count { .. } => None,
        }
    });
    let items: Vec<String> = items.collect();
    Reply::from_spec(answer)
        .fill("{items}", &items.join(","))
        .fill("{failed}", &failed.to_string())
}

fn item<'a>(answers: &'a CannedAnswers, fate: &Fate) -> &'a str {
    let ok = answers.item_ok.as_deref().unwrap_or("{}");
    let rejected = answers.item_rejected.as_deref().unwrap_or(ok);
    match fate {
        Fate::Refused(_) | Fate::Oversize(_) => rejected,
        Fate::Throttled => answers.item_throttled.as_deref().unwrap_or(rejected),
        _ => ok,
    }
}
