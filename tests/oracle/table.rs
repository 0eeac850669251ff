//! The table of a whole run, a page of the docs.

use std::fmt::Write as _;
use std::fs;
use std::sync::Arc;

use fapilog_gen::sink::Sink;
use time::OffsetDateTime;

use crate::faults::Fault;
use crate::programs::Language;
use crate::{Done, root};

const HEAD: &str = "\
# Every fault, every provider, both languages

What the sinks of every provider do when their peer, or what stands between, misbehaves. A cell is one sink of one
provider in one language before one fault: 31 events, batches of five, two requests at a time, retries within 0.2 s.
The peer reads every request off the wire and keeps its own books: which events it acknowledged, which it stored without
acknowledging, which it refused. A cell holds when, at 20 moments or more and at the end,

- submitted is accepted + refused, accepted is delivered + dead-lettered + dropped + pending, and no counter goes back;
- delivered is what the peer's books say it acknowledged, and the dead-letter file has what the sink says it has;
- no event is lost without a word, none is invented or altered, none that was acknowledged is sent again, and no more are
  stored twice than answers were lost;
- a fault that is over costs no event, save what the vendor refuses in its own words;
- an event written after the fault arrives within the longest backoff and five seconds, 30 s later where the sink was paused;
- nothing is sent to a peer with a bad certificate, and no credential is said on standard error.

`tests/oracle/run` runs all of them and writes this page; `cargo test --features whole --test oracle` runs a selection that has every fault
and every provider. A few faults concern some providers only: those of whoever issues tokens, and, where AWS's SDK sends
the requests, TLS is the SDK's own.
";

/// Writes the page.
pub fn write(sinks: &[Arc<Sink>], faults: &[Fault], done: &[Done]) {
    let path = root().join("docs/fault-matrix.md");
    fs::write(path, page(sinks, faults, done)).expect("the page");
}

fn page(sinks: &[Arc<Sink>], faults: &[Fault], done: &[Done]) -> String {
    let holds = |done: &&Done| done.ending.violations.is_empty();
    let held = done.iter().filter(holds).count();
    let scrapes: usize = done.iter().map(|done| done.ending.scrapes).sum();
    let mut text = String::from(HEAD);
    let mut line = |line: String| {
        text.push_str(&line);
        text.push('\n');
    };
    let date = OffsetDateTime::now_utc().date();
    let (providers, cells) = (sinks.len(), done.len());
    line(String::new());
    line(format!(
        "Run on {date}: {providers} providers, {} faults, {held} of {cells} cells hold, looked at {scrapes} times.",
        faults.len()
    ));
    line(String::new());
    line("| fault | Rust | Python | stored twice | ended undelivered |".to_owned());
    line("|---|---|---|---|---|".to_owned());
    for (index, fault) in faults.iter().enumerate() {
        let of: Vec<&Done> = done.iter().filter(|done| done.fault == index).collect();
        let mut row = format!("| {} |", fault.name);
        for language in Language::ALL {
            let all = of.iter().filter(|done| done.language == language);
            let held = all.clone().filter(|done| holds(done)).count();
            write!(row, " {held} of {} |", all.count()).expect("memory");
        }
        let again: usize = of.iter().map(|done| done.ending.again).sum();
        let ended: u64 = of.iter().map(|done| done.ending.ended).sum();
        line(format!("{row} {again} | {ended} |"));
    }
    let wrong: Vec<&Done> = done.iter().filter(|done| !holds(done)).collect();
    if !wrong.is_empty() {
        line("\nWhat does not hold:\n".to_owned());
    }
    for done in wrong {
        let (sink, fault) = (&sinks[done.provider].id, faults[done.fault].name);
        let first = done.ending.violations[0].split(['{', ';']).next();
        let first = first.unwrap_or_default().trim_end();
        line(format!(
            "- {sink}, {}, {fault}: {first}",
            done.language.name()
        ));
    }
    text
}
