//! What an answer means for the events of its request.

use serde_json::Value as Json;

use super::super::model::{
    Answers, CodePlace, DelayUnit, Form, Items, ItemsBy, Outcome, Rule, Sink,
};
use super::super::otlp_answer;

/// Longest delay taken from an answer, seconds.
const MAX_RETRY_AFTER: f64 = 300.0;

/// Characters of an answer that are quoted.
const EXCERPT_CHARS: usize = 200;

/// An answer as it came.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers, names in any case.
    pub headers: Vec<(String, String)>,
    /// Body; one that its headers call protobuf, in hexadecimal.
    pub body: String,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Whether it is a web page: something between the sink and the provider speaks.
    fn is_page(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default();
        let start: String = self.body.trim_start().chars().take(16).collect();
        let start = start.to_ascii_lowercase();
        kind.trim_start()
            .to_ascii_lowercase()
            .starts_with("text/html")
            || start.starts_with("<!doctype")
            || start.starts_with("<html")
    }
}

/// What an answer means.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// What happens to the events.
    pub outcome: WhatNow,
    /// What the provider said, on one line.
    pub reason: String,
    /// The delay asked for, seconds, cut to five minutes.
    pub retry_after: Option<f64>,
}

/// What happens to the events of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhatNow {
    /// Every event is stored.
    Delivered,
    /// Some are refused, some sent again, the rest is stored.
    Partial {
        /// Positions refused.
        rejected: Vec<usize>,
        /// Positions that may be stored or not; not sent again.
        uncertain: Vec<usize>,
        /// Positions sent again.
        retry: Vec<usize>,
    },
    /// Halves are sent again: too large.
    Split,
    /// Halves are sent again until the bad event is found.
    Bisect,
    /// Slow down.
    Throttled,
    /// May work later.
    Transient,
    /// The events are kept until somebody acts.
    Paused,
    /// So many are lost and nobody knows which; `None`: nobody knows how many.
    Uncertain {
        /// How many.
        failed: Option<usize>,
    },
    /// Never will work.
    Rejected,
}

/// Reads an answer to a request that carried `sent` events; `now` is in seconds since 1970.
#[must_use]
pub fn interpret(sink: &Sink, reply: &Reply, sent: usize, now: f64) -> Verdict {
    let translated = translated(sink, reply);
    let reply = translated.as_ref().unwrap_or(reply);
    let answers = &sink.answers;
    let mut body: Option<Json> = serde_json::from_str(&reply.body).ok();
    if !sink.is_http() {
        body.iter_mut().for_each(plain_type);
    }
    let rule = answers
        .rules
        .iter()
        .find(|rule| applies(answers, rule, reply, body.as_ref()));
    let mut outcome = rule.map_or(answers.otherwise, |rule| rule.outcome);
    let is_verdict = matches!(
        outcome,
        Outcome::Delivered
            | Outcome::Items
            | Outcome::FirstBad
            | Outcome::Bisect
            | Outcome::Uncertain
            | Outcome::Rejected
    );
    if is_verdict && reply.is_page() {
        outcome = Outcome::Paused;
    }
    let outcome = match outcome {
        Outcome::Items if !sink.is_http() && !is_of_cloudwatch(reply, body.as_ref()) => {
            WhatNow::Transient
        }
        Outcome::Items if !sink.is_http() => ranges(body.as_ref(), sent),
        outcome => what_now(answers, outcome, body.as_ref(), sent),
    };
    let waits = matches!(outcome, WhatNow::Throttled | WhatNow::Transient);
    Verdict {
        retry_after: waits.then(|| retry_after(answers, reply, now)).flatten(),
        reason: reason(answers, reply, body.as_ref()),
        outcome,
    }
}

/// An answer that is protobuf, as the JSON that the rules read.
fn translated(sink: &Sink, reply: &Reply) -> Option<Reply> {
    if !matches!(sink.payload.form, Form::OtlpProtobuf { .. }) {
        return None;
    }
    let kind = reply.header("content-type");
    let bytes = if kind.is_some_and(otlp_answer::is_protobuf) {
        from_hex(&reply.body)?
    } else {
        reply.body.clone().into_bytes()
    };
    let json = otlp_answer::json(reply.status, kind, &bytes)?;
    Some(Reply {
        body: String::from_utf8_lossy(&json).into_owned(),
        ..reply.clone()
    })
}

/// Bytes written in hexadecimal.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    });
    pairs.collect()
}

/// AWS puts a namespace before its codes: `com.amazonaws.logs#ThrottlingException`.
fn plain_type(body: &mut Json) {
    if let Some(Json::String(code)) = body.get_mut("__type")
        && let Some((_, name)) = code.split_once('#')
    {
        *code = name.to_owned();
    }
}

/// What `PutLogEvents` says: events before and after two positions are refused, the rest is stored.
fn ranges(body: Option<&Json>, sent: usize) -> WhatNow {
    let info = body.and_then(|body| body.get("rejectedLogEventsInfo"));
    let index = |name| {
        let found = info.and_then(|info| info.get(name)).and_then(Json::as_u64);
        found.and_then(|index| usize::try_from(index).ok())
    };
    let old = index("tooOldLogEventEndIndex").max(index("expiredLogEventEndIndex"));
    let old = old.unwrap_or(0).min(sent);
    let new = index("tooNewLogEventStartIndex")
        .unwrap_or(sent)
        .clamp(old, sent);
    let rejected: Vec<usize> = (0..old).chain(new..sent).collect();
    if rejected.is_empty() {
        return WhatNow::Delivered;
    }
    WhatNow::Partial {
        rejected,
        uncertain: Vec::new(),
        retry: Vec::new(),
    }
}

fn applies(answers: &Answers, rule: &Rule, reply: &Reply, body: Option<&Json>) -> bool {
    let has_status =
        rule.status.is_empty() || rule.status.iter().any(|r| r.contains(&reply.status));
    let has_text = rule.text.is_empty()
        || rule
            .text
            .iter()
            .any(|text| reply.body.contains(text.as_str()));
    has_status && has_text && (rule.code.is_empty() || has_code(answers, rule, reply, body))
}

fn has_code(answers: &Answers, rule: &Rule, reply: &Reply, body: Option<&Json>) -> bool {
    match &answers.code {
        Some(CodePlace::Body(pointer)) => {
            rule.code.holds(body.and_then(|body| body.pointer(pointer)))
        }
        Some(CodePlace::Header(name)) => {
            let value = reply.header(name).map(|value| Json::from(value.trim()));
            rule.code.holds(value.as_ref())
        }
        None => false,
    }
}

fn what_now(answers: &Answers, outcome: Outcome, body: Option<&Json>, sent: usize) -> WhatNow {
    match outcome {
        Outcome::Delivered => WhatNow::Delivered,
        Outcome::Items => match (&answers.items, body) {
            (Some(items), Some(body)) => sorted(items, body, sent).unwrap_or(WhatNow::Transient),
            _ => WhatNow::Transient,
        },
        Outcome::FirstBad => {
            let pointer = answers.first_bad.as_deref();
            let found = body
                .zip(pointer)
                .and_then(|(body, pointer)| body.pointer(pointer)?.as_u64());
            match found
                .and_then(|bad| usize::try_from(bad).ok())
                .filter(|bad| *bad < sent)
            {
                Some(bad) => WhatNow::Partial {
                    rejected: vec![bad],
                    uncertain: (0..bad).collect(),
                    retry: (bad + 1..sent).collect(),
                },
                None => WhatNow::Bisect,
            }
        }
        Outcome::Split => WhatNow::Split,
        Outcome::Bisect => WhatNow::Bisect,
        Outcome::Throttled => WhatNow::Throttled,
        Outcome::Transient => WhatNow::Transient,
        Outcome::Paused => WhatNow::Paused,
        Outcome::Uncertain => WhatNow::Uncertain { failed: None },
        Outcome::Rejected => WhatNow::Rejected,
    }
}

/// Events by their results; `None` when the answer does not say what became of each.
fn sorted(items: &Items, body: &Json, sent: usize) -> Option<WhatNow> {
    let mut rejected = Vec::new();
    let mut retry = Vec::new();
    let mut settle = |index: usize, item: &Json, is_listed_as_failed: bool| {
        let code = item.pointer(&items.code);
        let is_refused = items.refused_when.as_ref().is_some_and(|(pointer, text)| {
            item.pointer(pointer).and_then(Json::as_str) == Some(text)
        });
        let is_stored = !is_listed_as_failed && !is_refused && items.delivered.holds(code);
        if is_stored {
            return;
        }
        if !is_refused && items.retryable.holds(code) {
            retry.push(index);
        } else {
            rejected.push(index);
        }
    };
    match &items.by {
        ItemsBy::Position { list } => {
            let results = body
                .pointer(list)?
                .as_array()
                .filter(|list| list.len() == sent)?;
            for (index, item) in results.iter().enumerate() {
                let has_code = item
                    .pointer(&items.code)
                    .is_some_and(|code| !code.is_null());
                if !has_code && !items.delivered.absent && !items.retryable.absent {
                    return None;
                }
                settle(index, item, false);
            }
        }
        ItemsBy::Id { list, id } => {
            for item in some(body.pointer(list)).map_or(Some(&Vec::new()), Json::as_array)? {
                let index = position(item.pointer(id)?, sent)?;
                settle(index, item, true);
            }
        }
        ItemsBy::Map { map } => {
            let empty = serde_json::Map::new();
            for (key, item) in some(body.pointer(map)).map_or(Some(&empty), Json::as_object)? {
                let index = position(&Json::from(key.as_str()), sent)?;
                settle(index, item, true);
            }
        }
        ItemsBy::Count { failed } => {
            let failed = match some(body.pointer(failed)) {
                None => 0,
                Some(count) => usize::try_from(whole_number(count)?).ok()?,
            };
            return Some(match failed.min(sent) {
                0 => WhatNow::Delivered,
                failed => WhatNow::Uncertain {
                    failed: Some(failed),
                },
            });
        }
    }
    rejected.sort_unstable();
    retry.sort_unstable();
    Some(if rejected.is_empty() && retry.is_empty() {
        WhatNow::Delivered
    } else {
        WhatNow::Partial {
            rejected,
            uncertain: Vec::new(),
            retry,
        }
    })
}

fn some(value: Option<&Json>) -> Option<&Json> {
    value.filter(|value| !value.is_null())
}

/// A position in the request, a number or its text.
/// A number, or digits as a number is written.
fn whole_number(value: &Json) -> Option<i64> {
    let Some(text) = value.as_str() else {
        return value.as_i64();
    };
    let number: i64 = text.parse().ok()?;
    (number.to_string() == text).then_some(number)
}

fn position(value: &Json, sent: usize) -> Option<usize> {
    let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
    usize::try_from(number).ok().filter(|index| *index < sent)
}

fn reason(answers: &Answers, reply: &Reply, body: Option<&Json>) -> String {
    let pointed = answers
        .error_text
        .as_deref()
        .zip(body)
        .and_then(|(pointer, body)| match body.pointer(pointer)? {
            Json::String(text) => Some(text.clone()),
            Json::Number(number) => Some(number.to_string()),
            _ => None,
        });
    let text = pointed.unwrap_or_else(|| reply.body.clone());
    let printable = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let excerpt: String = printable.take(EXCERPT_CHARS).collect();
    match excerpt.trim() {
        "" => format!("HTTP {}", reply.status),
        text => format!("HTTP {}: {text}", reply.status),
    }
}

/// Whether something of `CloudWatch`'s own is in a success: a proxy's bare 200 is no delivery.
fn is_of_cloudwatch(reply: &Reply, body: Option<&Json>) -> bool {
    let has = |name: &str| body.is_some_and(|body| !body[name].is_null());
    reply.header("x-amzn-requestid").is_some()
        || has("nextSequenceToken")
        || has("rejectedLogEventsInfo")
}

fn retry_after(answers: &Answers, reply: &Reply, now: f64) -> Option<f64> {
    let text = reply.header(&answers.retry_after.header)?.trim();
    let seconds = match answers.retry_after.unit {
        DelayUnit::SecondsOrDate => {
            number(text).or_else(|| date(text).map(|at| (at - now).max(0.0)))?
        }
        DelayUnit::Milliseconds => number(text)? / 1_000.0,
        DelayUnit::EpochSeconds => (number(text)? - now).max(0.0),
        DelayUnit::ResetParameter => {
            let mut parameters = text
                .split([',', ';'])
                .filter_map(|part| part.trim().split_once('='));
            let reset = parameters.find(|(name, _)| matches!(name.trim(), "reset" | "t" | "w"));
            number(reset?.1.trim())?
        }
    };
    Some(seconds.min(MAX_RETRY_AFTER))
}

/// Digits and a point: `inf`, `nan`, signs and exponents are no delay.
fn number(text: &str) -> Option<f64> {
    let is_number = text.starts_with(|c: char| c.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if is_number { text.parse().ok() } else { None }
}

/// Seconds since 1970 of an HTTP date.
fn date(text: &str) -> Option<f64> {
    let format = time::macros::format_description!(
        "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
    );
    let date = time::PrimitiveDateTime::parse(text, format).ok()?;
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds of any date fit exactly"
    )]
    let seconds = date.assume_utc().unix_timestamp() as f64;
    Some(seconds)
}
