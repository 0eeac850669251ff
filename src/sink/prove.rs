//! Carries out a spec's worked examples and says which of them are not what the spec means.

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::interpret::{
    Encoded, Event, Interpreter, Reply, Request, Settings, Verdict, WhatNow, health, interpret,
    pack, request,
};
use super::model::{LimitVector, RequestVector, ResponseVector, SettingsVector, Sink};
use crate::spec::model::VectorOutcome;

/// The moment at which worked examples are carried out, seconds since 1970: 2026-01-02T03:04:06Z.
pub const NOW_SECONDS: i64 = 1_767_323_046;

const NOW: i64 = NOW_SECONDS * 1_000_000_000;

/// Characters shown before and after the first difference of two texts.
const AROUND: usize = 24;

/// Bytes of a text that is shown as what to type.
const MAX_SUGGESTED: usize = 4_000;

/// A worked example that is not what the spec means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The way to it in the spec.
    pub at: Vec<Step>,
    /// What was found.
    pub message: String,
    /// What to type instead.
    pub hint: Option<String>,
}

/// A step from a value of the spec to one inside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A key.
    Key(String),
    /// A position.
    Index(usize),
}

/// Carries out every worked example of a sink.
#[must_use]
pub fn prove(sink: &Sink) -> Vec<Finding> {
    let mut prover = Prover {
        sink,
        found: Vec::new(),
    };
    let vectors = &sink.vectors;
    if vectors.requests.is_empty() {
        let at = ["vectors", "requests"].map(|key| Step::Key(key.to_owned()));
        let hint = "write one with `body: \"\"`: what is said about that is the body to put there";
        prover.report(
            at.to_vec(),
            "there is no vector: nothing would be tested".to_owned(),
            Some(hint.to_owned()),
        );
    }
    for (index, vector) in vectors.requests.iter().enumerate() {
        prover.request(&at("requests", index), vector);
    }
    for (index, vector) in vectors.responses.iter().enumerate() {
        prover.response(&at("responses", index), vector);
    }
    for (index, vector) in vectors.limits.iter().enumerate() {
        prover.limit(&at("limits", index), vector);
    }
    for (index, vector) in vectors.settings.iter().enumerate() {
        prover.settings(&at("settings", index), vector);
    }
    prover.found
}

fn at(section: &str, index: usize) -> Vec<Step> {
    let keys = ["vectors", section].map(|key| Step::Key(key.to_owned()));
    keys.into_iter().chain([Step::Index(index)]).collect()
}

fn under(at: &[Step], key: &str) -> Vec<Step> {
    let key = Step::Key(key.to_owned());
    at.iter().cloned().chain([key]).collect()
}

struct Prover<'s> {
    sink: &'s Sink,
    found: Vec<Finding>,
}

impl Prover<'_> {
    fn report(&mut self, at: Vec<Step>, message: String, hint: Option<String>) {
        self.found.push(Finding { at, message, hint });
    }

    fn request(&mut self, at: &[Step], vector: &RequestVector) {
        let Some(settings) = self.given(&under(at, "config"), &vector.config) else {
            return;
        };
        let mut interpreter = Interpreter::new(self.sink, settings);
        let records: Vec<Encoded> = vector
            .events
            .iter()
            .map(|event| interpreter.encode(&Event::read(event, NOW), NOW))
            .collect();
        let records: Vec<&Encoded> = records.iter().collect();
        let Some(made) = request(&interpreter, &records, NOW) else {
            let lines: String = records
                .iter()
                .flat_map(|record| [&*record.bytes, "\n"])
                .collect();
            self.compare(
                under(at, "body"),
                "the body",
                vector.body.trim_end(),
                lines.trim_end(),
            );
            return;
        };
        self.compare(under(at, "body"), "the body", &vector.body, &made.body);
        if let Some(url) = &vector.url {
            self.compare(under(at, "url"), "the URL", url, &made.url);
        }
        if let Some(url) = &vector.health_url {
            let check = health(&interpreter, NOW);
            let made = check.map(|check| check.url).unwrap_or_default();
            self.compare(
                under(at, "health_url"),
                "the URL of the health check",
                url,
                &made,
            );
        }
        self.headers(&under(at, "headers"), vector, &made);
    }

    fn headers(&mut self, at: &[Step], vector: &RequestVector, made: &Request) {
        for (name, value) in &vector.headers {
            let mut headers = made.headers.iter();
            let found = headers.find(|header| header.name.eq_ignore_ascii_case(name));
            let what = format!("the header `{name}`");
            if let Some(header) = found {
                self.compare(under(at, name), &what, value, &header.value);
            } else {
                let names: Vec<&str> = made.headers.iter().map(|h| &*h.name).collect();
                let hint = format!("the headers are {}", names.join(", "));
                self.report(under(at, name), format!("{what} is not sent"), Some(hint));
            }
        }
    }

    fn response(&mut self, at: &[Step], vector: &ResponseVector) {
        let reply = Reply {
            status: vector.status,
            headers: vector.headers.clone().into_iter().collect(),
            body: vector.body.clone(),
        };
        let sent = vector.events.unwrap_or(1);
        #[expect(clippy::cast_precision_loss, reason = "a second of this century")]
        let verdict = interpret(self.sink, &reply, sent, NOW_SECONDS as f64);
        let found = named(&verdict.outcome);
        if found != vector.outcome {
            let message = format!("the answer means `{}`", word(found));
            let hint = format!("write `outcome: {}`, or change the rules", word(found));
            self.report(under(at, "outcome"), message, Some(hint));
            return;
        }
        if let WhatNow::Partial {
            rejected,
            uncertain,
            retry,
        } = &verdict.outcome
        {
            let mut refused: Vec<usize> = rejected.iter().chain(uncertain).copied().collect();
            refused.sort_unstable();
            self.positions(under(at, "rejected"), "refused", &vector.rejected, &refused);
            self.positions(under(at, "retry"), "sent again", &vector.retry, retry);
        }
        self.delay(at, vector, &verdict);
        if let Some(reason) = &vector.reason
            && !verdict.reason.contains(reason.as_str())
        {
            let message = format!("the reason is `{}`", verdict.reason);
            self.report(under(at, "reason"), message, None);
        }
    }

    fn positions(&mut self, at: Vec<Step>, what: &str, given: &[usize], found: &[usize]) {
        if given != found {
            let message = format!("the events {what} are {found:?}");
            self.report(at, message, Some(format!("write `{found:?}`")));
        }
    }

    fn delay(&mut self, at: &[Step], vector: &ResponseVector, verdict: &Verdict) {
        let same = match (vector.retry_after_seconds, verdict.retry_after) {
            (None, _) => true,
            (Some(given), Some(found)) => (given - found).abs() < 0.001,
            (Some(_), None) => false,
        };
        if !same {
            let message = match verdict.retry_after {
                Some(found) => format!("the answer asks for {found} seconds"),
                None => "the answer asks for no delay".to_owned(),
            };
            self.report(under(at, "retry_after_seconds"), message, None);
        }
    }

    fn limit(&mut self, at: &[Step], vector: &LimitVector) {
        let config = self
            .sink
            .vectors
            .requests
            .first()
            .map(|first| first.config.clone());
        let Ok(settings) = Settings::read(self.sink, &config.unwrap_or_default()) else {
            // Said where that vector stands.
            return;
        };
        let mut interpreter = Interpreter::new(self.sink, settings);
        let length = |record: &Encoded| record.length;
        let mut event = Event::read(&serde_json::json!({"message": "m", "level": "INFO"}), NOW);
        let mut whole = None;
        if let Some(bytes) = vector
            .record_bytes
            .and_then(|bytes| usize::try_from(bytes).ok())
        {
            let plain = length(&interpreter.encode(&event, NOW));
            if bytes < plain {
                let message = format!("no record is shorter than {plain} bytes");
                self.report(under(at, "record_bytes"), message, None);
                return;
            }
            event.message = "m".repeat(bytes - plain + 1);
            // What says how long a record is may have grown with it.
            let grown = length(&interpreter.encode_whole(&event, NOW));
            let kept = event.message.len() - grown.saturating_sub(bytes);
            event.message.truncate(kept);
            whole = Some(bytes);
        }
        let newest = NOW.saturating_sub(vector.age_seconds.saturating_mul(1_000_000_000));
        event.timestamp = newest;
        let record = interpreter.encode(&event, NOW);
        let is_cut = whole.is_some_and(|bytes| length(&record) < bytes);
        let count = usize::try_from(vector.events).unwrap_or(0);
        let spacing = i64::try_from(vector.spacing_seconds).unwrap_or(0);
        let records: Vec<Encoded> = (0..count)
            .map(|index| {
                let later = i64::try_from(count - 1 - index).unwrap_or(0);
                let earlier = spacing.saturating_mul(later).saturating_mul(1_000_000_000);
                // Batches are filled by lengths alone.
                Encoded {
                    bytes: String::new(),
                    length: record.length,
                    counted: record.counted,
                    timestamp: newest.saturating_sub(earlier),
                    group: record.group.clone(),
                }
            })
            .collect();
        let packed = pack(&interpreter, &records, NOW);
        let found = packed.requests.len() as u64;
        self.count(
            under(at, "requests"),
            "requests leave",
            vector.requests,
            found,
        );
        let left = packed.left.len() as u64;
        self.count(
            under(at, "dead_lettered"),
            "events are dead-lettered",
            vector.dead_lettered,
            left,
        );
        let cut = if is_cut { vector.events - left } else { 0 };
        self.count(
            under(at, "truncated"),
            "events are cut",
            vector.truncated,
            cut,
        );
    }

    fn count(&mut self, at: Vec<Step>, what: &str, given: u64, found: u64) {
        if given != found {
            let hint = format!("write `{found}`, or change the limit");
            self.report(at, format!("{found} {what}"), Some(hint));
        }
    }

    fn settings(&mut self, at: &[Step], vector: &SettingsVector) {
        let refused = Settings::read(self.sink, &vector.config)
            .err()
            .unwrap_or_default();
        let names: Vec<&str> = refused.iter().map(|refusal| &*refusal.setting).collect();
        if names != [vector.refused.as_str()] {
            let message = match names.as_slice() {
                [] => "no setting is refused".to_owned(),
                names => format!("what is refused is `{}`", names.join("`, `")),
            };
            self.report(under(at, "refused"), message, None);
        }
    }

    fn given(&mut self, at: &[Step], config: &IndexMap<String, Json>) -> Option<Settings> {
        match Settings::read(self.sink, config) {
            Ok(settings) => Some(settings),
            Err(refused) => {
                for refusal in refused {
                    let message = format!("`{}` {}", refusal.setting, refusal.message);
                    self.report(under(at, &refusal.setting), message, None);
                }
                None
            }
        }
    }

    fn compare(&mut self, at: Vec<Step>, what: &str, given: &str, made: &str) {
        if given == made {
            return;
        }
        let same = given
            .bytes()
            .zip(made.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        let message = format!(
            "{what} differs at byte {same}: found {}, the spec means {}",
            window(given, same),
            window(made, same)
        );
        let hint = (made.len() <= MAX_SUGGESTED).then(|| format!("write `{}`", yaml_text(made)));
        self.report(at, message, hint);
    }
}

/// A text as it can be pasted into a spec.
fn yaml_text(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_/.:?=&%".contains(c);
    let starts_plain = text.starts_with(|c: char| c.is_ascii_alphabetic());
    if starts_plain && !text.ends_with(':') && text.chars().all(is_plain) {
        text.to_owned()
    } else if text.chars().any(char::is_control) {
        Json::from(text).to_string()
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// A part of a text around a byte, quoted.
fn window(text: &str, byte: usize) -> String {
    if byte >= text.len() {
        return "its end".to_owned();
    }
    let mut start = byte.saturating_sub(AROUND);
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = (byte + AROUND).min(text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    let (before, after) = (
        if start > 0 { "…" } else { "" },
        if end < text.len() { "…" } else { "" },
    );
    format!("`{before}{}{after}`", &text[start..end])
}

fn named(outcome: &WhatNow) -> VectorOutcome {
    match outcome {
        WhatNow::Delivered => VectorOutcome::Delivered,
        WhatNow::Partial { .. } => VectorOutcome::Partial,
        WhatNow::Split => VectorOutcome::Split,
        WhatNow::Bisect => VectorOutcome::Bisect,
        WhatNow::Throttled => VectorOutcome::Throttled,
        WhatNow::Transient => VectorOutcome::Transient,
        WhatNow::Paused => VectorOutcome::Paused,
        WhatNow::Uncertain { .. } => VectorOutcome::Uncertain,
        WhatNow::Rejected => VectorOutcome::Rejected,
    }
}

fn word(outcome: VectorOutcome) -> String {
    format!("{outcome:?}").to_lowercase()
}
