//! What a peer acknowledged, took without acknowledging, and refused, event by event; read from the bodies
//! as they came, with no code of the sinks or of the stand-in.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use fapilog_gen::sink::Sink;
use fapilog_gen::sink::interpret::{Reply, Verdict, WhatNow, interpret};

const MARK: &[u8] = b"evt-";

/// Digits after the mark.
const NUMBER: usize = 6;
const PROOF: usize = 16;

/// The message of an event: nothing in it is escaped by any encoding, and an altered one is recognised.
pub fn message(id: u64) -> String {
    format!("evt-{id:06}-{:016x}", proof(id))
}

fn proof(id: u64) -> u64 {
    let mut mixed = id.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The events of a body in the order they stand there, or what is wrong with it.
pub fn events_of(encoding: Option<&str>, wire: &[u8]) -> Result<Vec<u64>, String> {
    let body = match encoding {
        None | Some("identity") => wire.to_vec(),
        // Ten bytes of header, as long as it names no file.
        Some("gzip") if wire.len() > 18 && wire[3] == 0 => {
            miniz_oxide::inflate::decompress_to_vec(&wire[10..wire.len() - 8])
                .map_err(|error| format!("gzip: {error}"))?
        }
        Some("zstd") => {
            let mut body = Vec::new();
            let mut reader = ruzstd::decoding::StreamingDecoder::new(wire)
                .map_err(|error| format!("zstd: {error}"))?;
            reader
                .read_to_end(&mut body)
                .map_err(|error| format!("zstd: {error}"))?;
            body
        }
        Some(other) => return Err(format!("encoding `{other}`")),
    };
    let mut found = Vec::new();
    scan(&body, &mut found)?;
    if found.is_empty() {
        for run in body.split(|byte| !is_base64(*byte)) {
            let run = run
                .strip_suffix(b"==")
                .or(run.strip_suffix(b"="))
                .unwrap_or(run);
            let decoded = STANDARD_NO_PAD
                .decode(run)
                .or_else(|_| URL_SAFE_NO_PAD.decode(run));
            if let (true, Ok(text)) = (run.len() >= 32, decoded) {
                scan(&text, &mut found)?;
            }
        }
    }
    let times = |id: u64| found.iter().filter(|other| **other == id).count();
    let Some(first) = found.first().copied() else {
        return Ok(found);
    };
    // Some providers have the message twice in each record.
    if let Some(odd) = found.iter().find(|id| times(**id) != times(first)) {
        return Err(format!(
            "event {odd} is in one request more or less often than event {first}"
        ));
    }
    let mut seen = BTreeSet::new();
    found.retain(|id| seen.insert(*id));
    Ok(found)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_=".contains(&byte)
}

fn scan(text: &[u8], found: &mut Vec<u64>) -> Result<(), String> {
    for at in 0..text.len().saturating_sub(MARK.len() - 1) {
        if !text[at..].starts_with(MARK) {
            continue;
        }
        let after = &text[at + MARK.len()..];
        let whole = after.get(..NUMBER + 1 + PROOF);
        let whole = whole.and_then(|whole| std::str::from_utf8(whole).ok());
        let id = whole.and_then(|whole| whole.get(..NUMBER)?.parse().ok());
        match (whole, id) {
            (Some(whole), Some(id)) if message(id) == format!("evt-{whole}") => found.push(id),
            _ => {
                return Err(format!(
                    "altered or invented: {}",
                    String::from_utf8_lossy(&after[..after.len().min(40)])
                ));
            }
        }
    }
    Ok(())
}

/// The books of one cell.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Delivered by an answer that was written whole.
    pub acked: BTreeSet<u64>,
    /// An answer that says so may have arrived.
    pub maybe: BTreeSet<u64>,
    /// An answer allows the sink to give these up.
    pub refused: BTreeSet<u64>,
    /// Times each event was stored, acknowledged or not.
    pub taken: BTreeMap<u64, usize>,
    /// Events of requests that were stored and whose answer was lost.
    pub unanswered: usize,
    /// The longest wait that an answer asked for, seconds.
    pub longest_wait: f64,
    /// Requests with events.
    pub requests: usize,
    /// Answers after which a sink may wait for a person.
    pub pauses: bool,
    /// What must not happen, and did.
    pub violations: Vec<String>,
}

impl Ledger {
    /// A request came. Returns its events.
    pub fn arrived(&mut self, encoding: Option<&str>, body: &[u8]) -> Vec<u64> {
        let events = events_of(encoding, body).unwrap_or_else(|problem| {
            self.violations.push(problem);
            Vec::new()
        });
        if events.is_empty() {
            return events;
        }
        self.requests += 1;
        let again = events.iter().find(|id| self.acked.contains(*id)).copied();
        if let Some(again) = again {
            self.violations.push(format!(
                "event {again} was sent again although it was acknowledged"
            ));
        }
        events
    }

    /// The backend stored these.
    pub fn stored(&mut self, events: &[u64]) {
        for id in events {
            *self.taken.entry(*id).or_default() += 1;
        }
    }

    /// What an answer means for events; it has not been sent yet.
    pub fn answers(&mut self, sink: &Sink, reply: &Reply, events: &[u64]) -> Vec<u64> {
        let Verdict {
            outcome,
            retry_after,
            ..
        } = interpret(sink, reply, events.len(), 0.0);
        self.longest_wait = self.longest_wait.max(retry_after.unwrap_or_default());
        let all = || events.to_vec();
        let at = |places: &[usize]| -> Vec<u64> {
            places
                .iter()
                .filter_map(|at| events.get(*at).copied())
                .collect()
        };
        let (acked, refused) = match &outcome {
            WhatNow::Delivered => (all(), Vec::new()),
            WhatNow::Partial {
                rejected,
                uncertain,
                retry,
            } => {
                let is_stored = |at: &usize| {
                    ![rejected, uncertain, retry]
                        .iter()
                        .any(|other| other.contains(at))
                };
                let stored: Vec<usize> = (0..events.len()).filter(is_stored).collect();
                (at(&stored), [at(rejected), at(uncertain)].concat())
            }
            WhatNow::Split | WhatNow::Bisect | WhatNow::Rejected => (Vec::new(), all()),
            // Nobody knows which; the rest counts as delivered.
            WhatNow::Uncertain { .. } => {
                self.maybe.extend(events);
                (Vec::new(), all())
            }
            WhatNow::Throttled | WhatNow::Transient | WhatNow::Paused => (Vec::new(), Vec::new()),
        };
        // Refused alike in all its parts, a batch pauses the sink too.
        self.pauses |= matches!(
            outcome,
            WhatNow::Paused | WhatNow::Bisect | WhatNow::Rejected
        );
        self.refused.extend(&refused);
        self.maybe.extend(&acked);
        acked
    }
}
