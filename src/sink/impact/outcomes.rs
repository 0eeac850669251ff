//! Answers, asked of both specs: what each means for the events of a request.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde_json::{Map, Value as Json, json};

use super::super::interpret::{Reply, WhatNow, interpret};
use super::super::model::{Answers, CodePlace, Sink};
use super::super::prove::NOW_SECONDS;
use super::{Area, Found};

/// Statuses that are asked about.
const STATUSES: RangeInclusive<u16> = 200..=599;
/// Codes and texts of rules that are asked about; more would say nothing else.
const MAX_WORDS: usize = 60;

/// Asks both about the worked answers of both, and about every status with what their rules name.
pub fn compare(old: &Sink, new: &Sink, found: &mut Found) {
    let mut seen: Vec<&str> = Vec::new();
    for vector in old.vectors.responses.iter().chain(&new.vectors.responses) {
        if seen.contains(&vector.name.as_str()) {
            continue;
        }
        seen.push(&vector.name);
        let reply = Reply {
            status: vector.status,
            headers: vector.headers.clone().into_iter().collect(),
            body: vector.body.clone(),
        };
        let sent = vector.events.unwrap_or(1);
        let [was, is] = [old, new].map(|sink| verdict(sink, &reply, sent));
        if was != is {
            let message = format!("{} becomes {}", was.shown(), is.shown());
            let subject = format!("example {}", vector.name);
            found.push(was.breaks(&is), Area::Outcomes, &subject, message);
        }
    }
    asked(old, new, found);
}

fn asked(old: &Sink, new: &Sink, found: &mut Found) {
    let mut changes: BTreeMap<(String, String), (bool, Vec<u16>)> = BTreeMap::new();
    for probe in probes(&old.answers, &new.answers) {
        for status in STATUSES {
            let reply = Reply {
                status,
                ..probe.reply.clone()
            };
            let [was, is] = [old, new].map(|sink| verdict(sink, &reply, 1));
            if was != is {
                let message = format!("{} becomes {}", was.shown(), is.shown());
                let change = changes.entry((probe.name.clone(), message));
                let (breaking, statuses) = change.or_default();
                *breaking |= was.breaks(&is);
                statuses.push(status);
            }
        }
    }
    // What an empty answer already says is not said again for each code.
    let plain: Vec<(String, Vec<u16>)> = changes
        .iter()
        .filter(|((name, _), _)| name.is_empty())
        .map(|((_, message), (_, statuses))| (message.clone(), statuses.clone()))
        .collect();
    for ((name, message), (breaking, mut statuses)) in changes {
        if !name.is_empty() {
            let said = plain.iter().filter(|it| it.0 == message);
            let said: Vec<u16> = said.flat_map(|it| it.1.clone()).collect();
            statuses.retain(|status| !said.contains(status));
        }
        if !statuses.is_empty() {
            let subject = format!("status {}{name}", ranges(&statuses));
            found.push(breaking, Area::Outcomes, &subject, message);
        }
    }
}

/// What an answer means, as far as it can differ.
#[derive(Debug, PartialEq)]
struct Meaning {
    outcome: WhatNow,
    delay: Option<f64>,
}

fn verdict(sink: &Sink, reply: &Reply, sent: usize) -> Meaning {
    #[expect(clippy::cast_precision_loss, reason = "a second of this century")]
    let verdict = interpret(sink, reply, sent, NOW_SECONDS as f64);
    Meaning {
        outcome: verdict.outcome,
        delay: verdict.retry_after,
    }
}

impl Meaning {
    /// Whether events end now that did not: taken for stored, refused, or given up.
    fn breaks(&self, now: &Self) -> bool {
        self.outcome != now.outcome
            && !matches!(
                now.outcome,
                WhatNow::Throttled
                    | WhatNow::Transient
                    | WhatNow::Paused
                    | WhatNow::Split
                    | WhatNow::Bisect
            )
    }

    fn shown(&self) -> String {
        let word = match &self.outcome {
            WhatNow::Delivered => "delivered".to_owned(),
            WhatNow::Partial {
                rejected,
                uncertain,
                retry,
            } => format!(
                "partial ({} rejected, {} uncertain, {} sent again)",
                rejected.len(),
                uncertain.len(),
                retry.len()
            ),
            WhatNow::Split => "split".to_owned(),
            WhatNow::Bisect => "bisect".to_owned(),
            WhatNow::Throttled => "throttled".to_owned(),
            WhatNow::Transient => "transient".to_owned(),
            WhatNow::Paused => "paused".to_owned(),
            WhatNow::Uncertain { .. } => "uncertain".to_owned(),
            WhatNow::Rejected => "rejected".to_owned(),
        };
        match self.delay {
            Some(seconds) => format!("{word} after {seconds} s"),
            None => word,
        }
    }
}

/// An answer to ask about.
struct Probe {
    /// What its subject says behind the statuses.
    name: String,
    reply: Reply,
}

fn probes(old: &Answers, new: &Answers) -> Vec<Probe> {
    let mut probes = vec![Probe {
        name: String::new(),
        reply: Reply::default(),
    }];
    let both = [old, new];
    let mut codes: Vec<Json> = Vec::new();
    let mut texts: Vec<&str> = Vec::new();
    for rule in both.iter().flat_map(|answers| &answers.rules) {
        codes.extend(rule.code.numbers.iter().map(|range| json!(range.start())));
        codes.extend(rule.code.words.iter().map(|word| json!(word)));
        texts.extend(rule.text.iter().map(String::as_str));
    }
    codes.dedup();
    texts.dedup();
    for code in codes.iter().take(MAX_WORDS) {
        let mut reply = Reply::default();
        for place in both.iter().filter_map(|answers| answers.code.as_ref()) {
            match place {
                CodePlace::Body(pointer) => reply.body = at(pointer, code).to_string(),
                CodePlace::Header(name) => {
                    let code = code.as_str().map_or(code.to_string(), str::to_owned);
                    reply.headers.push((name.clone(), code));
                }
            }
        }
        probes.push(Probe {
            name: format!(", code {code}"),
            reply,
        });
    }
    for text in texts.into_iter().take(MAX_WORDS) {
        probes.push(Probe {
            name: format!(", text `{text}`"),
            reply: Reply {
                body: text.to_owned(),
                ..Reply::default()
            },
        });
    }
    probes
}

/// A value at a JSON pointer, with nothing beside it.
fn at(pointer: &str, value: &Json) -> Json {
    let steps: Vec<&str> = pointer.split('/').skip(1).collect();
    steps.into_iter().rev().fold(value.clone(), |inner, step| {
        if step == "0" {
            json!([inner])
        } else {
            Json::Object(Map::from_iter([(step.to_owned(), inner)]))
        }
    })
}

/// `400, 500-503`.
fn ranges(statuses: &[u16]) -> String {
    let mut ranges: Vec<RangeInclusive<u16>> = Vec::new();
    for status in statuses {
        match ranges.last_mut() {
            Some(last) if *last.end() + 1 == *status => *last = *last.start()..=*status,
            _ => ranges.push(*status..=*status),
        }
    }
    let shown = ranges.iter().map(|range| {
        if range.start() == range.end() {
            range.start().to_string()
        } else {
            format!("{}-{}", range.start(), range.end())
        }
    });
    shown.collect::<Vec<_>>().join(", ")
}
