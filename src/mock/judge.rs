//! Decides what becomes of each record of a push, and answers in the vendor's words.

use super::answer::{self, Fate, Reply};
use super::examine::{Examined, Push};
use super::fault::Fault;
use super::loki;
use super::loki_streams;
use super::store::{Kept, Store};
use crate::sink::{Form, Sink};

/// The outcome of one request.
#[derive(Debug)]
pub(super) struct Judgement {
    pub reply: Reply,
    pub problem: Option<String>,
    pub body_bytes: usize,
    /// Records found in the body.
    pub found: usize,
    /// Accepted ones among them, discarded ones included.
    pub kept: Vec<Kept>,
    pub duplicates: u64,
}

impl Judgement {
    /// A request that is refused as a whole.
    pub fn refused(reply: Reply, problem: impl Into<String>) -> Self {
        Self {
            reply,
            problem: Some(problem.into()),
            body_bytes: 0,
            found: 0,
            kept: Vec::new(),
            duplicates: 0,
        }
    }

    /// A request that carries no records and is fine.
    pub fn fine(reply: Reply) -> Self {
        Self {
            problem: None,
            ..Self::refused(reply, "")
        }
    }

    /// The same, with what was found in the body.
    pub fn with_body(mut self, body_bytes: usize, found: usize) -> Self {
        self.body_bytes = body_bytes;
        self.found = found;
        self
    }
}

/// Decides what becomes of each record and answers.
pub(super) fn decide(sink: &Sink, store: &mut Store, number: u64, mut push: Push) -> Judgement {
    apply_faults(sink, store, &mut push.records);
    let grouped = matches!(sink.payload.form, Form::Streams(_));
    if grouped {
        by_stream(store, &mut push.records);
    }
    let found = push.records.len();
    let (reply, problem) = answer(sink, &push.records, grouped);
    let keeps = problem.is_none() || grouped || sink.answers.items.is_some();
    let mut duplicates = 0;
    let mut kept = Vec::new();
    for record in push.records {
        duplicates += u64::from(record.fate == Fate::Duplicate);
        if keeps && matches!(record.fate, Fate::Stored | Fate::Discarded) {
            kept.push(Kept {
                request: number,
                timestamp: record.timestamp,
                text: record.text,
                group: record.group,
                discarded: record.fate == Fate::Discarded,
            });
        }
    }
    Judgement {
        reply,
        problem,
        body_bytes: push.body_bytes,
        found,
        kept,
        duplicates,
    }
}

/// The vendor's answer, and what is wrong with the first refused record.
fn answer(sink: &Sink, records: &[Examined], grouped: bool) -> (Reply, Option<String>) {
    let refused = || {
        let problems = records.iter().enumerate();
        problems.filter_map(|(index, record)| Some((index, record.fate.problem()?)))
    };
    let first = refused().next();
    let (count, found) = (refused().count(), records.len());
    let problem = first
        .map(|(index, problem)| format!("record {index}: {problem} ({count} of {found} refused)"));
    let answers = &sink.canned;
    let partial = answers.partial.as_ref().unwrap_or(&answers.malformed);
    if let Some(items) = &sink.answers.items {
        let fates: Vec<_> = records.iter().map(|record| &record.fate).collect();
        return (answer::by_item(answers, &items.by, &fates), problem);
    }
    let reply = match first {
        None => Reply::from_spec(&answers.accepted),
        Some((_, problem)) if grouped => Reply {
            body: loki::partial_text(problem, count, found),
            ..Reply::from_spec(partial)
        },
        Some((index, _)) if sink.answers.first_bad.is_some() => {
            Reply::from_spec(partial).fill("{index}", &index.to_string())
        }
        Some((index, _)) if matches!(records[index].fate, Fate::Oversize(_)) => {
            Reply::from_spec(&answers.too_large)
        }
        Some(_) => Reply::from_spec(&answers.malformed),
    };
    (reply, problem)
}

/// Applies the faults that concern single records; the first that fits wins.
fn apply_faults(sink: &Sink, store: &mut Store, records: &mut [Examined]) {
    let by_item = sink.answers.items.is_some();
    let Store {
        faults, numbering, ..
    } = store;
    let numbered = faults
        .iter()
        .any(|fault| matches!(fault, Fault::RejectEvery(_) | Fault::ThrottleEvery(_)));
    for record in records
        .iter_mut()
        .filter(|record| record.fate.is_accepted())
    {
        let (number, fresh) = if numbered {
            numbering.number(&record.text[record.own..], record.group.as_deref())
        } else {
            (0, false)
        };
        let hit = faults.iter().find(|fault| match fault {
            Fault::RejectEvery(n) => number % n == 0,
            Fault::RejectMatching(text) => record.text.contains(text),
            Fault::ThrottleEvery(n) => by_item && fresh && number % n == 0,
            _ => false,
        });
        match hit {
            Some(Fault::ThrottleEvery(_)) => record.fate = Fate::Throttled,
            Some(fault) => record.fate = Fate::Refused(format!("refused on demand ({fault})")),
            None => {}
        }
    }
}

/// What depends on the streams Loki already has.
fn by_stream(store: &mut Store, records: &mut [Examined]) {
    for record in records
        .iter_mut()
        .filter(|record| record.fate == Fate::Stored)
    {
        let (Some(labels), Some(timestamp)) = (&record.group, record.timestamp) else {
            continue;
        };
        match store.streams.push(labels, timestamp, &record.text) {
            loki_streams::Fate::New => {}
            loki_streams::Fate::Duplicate => record.fate = Fate::Duplicate,
            loki_streams::Fate::FarBehind => {
                record.fate = Fate::Refused("entry too far behind".to_owned());
            }
        }
    }
}
