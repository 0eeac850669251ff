//! One cell: one sink of one provider in one language before a peer with one fault.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use fapilog_gen::mock::{MockOptions, start};
use fapilog_gen::sink::Sink;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::faults::{Fault, What};
use crate::ledger::{self, Ledger, message};
use crate::peer::Listening;
use crate::programs::{Language, Program};
use crate::settings::{delivery, issuer, provider_settings};
use crate::stopping::{self, State};
use crate::tls::Certificates;

/// Events written while the fault is in place: so many times so many.
const WRITES: u64 = 10;
const EVENTS: u64 = 3;

/// How often the identity is looked at, at least.
const SCRAPES: usize = 20;

/// Longest delay before a retry.
pub const LONGEST_BACKOFF: f64 = 0.2;
/// What a sink has beyond that once its peer is well again.
const GRACE: f64 = 5.0;
/// Wait before each probe of a sink that is paused.
const PAUSE: f64 = 30.0;

/// Limit of an attempt where one has to be reached, and where none should.
const SHORT: f64 = 2.0;
const USUAL: f64 = 10.0;

/// What a sink may take at its end, for all that is left.
const WITHIN: f64 = 8.0;

/// What a cell is made of.
pub struct Cell<'a> {
    /// Its number.
    pub number: u64,
    /// Whose sink.
    pub sink: &'a Arc<Sink>,
    /// In which language.
    pub language: Language,
    /// What goes wrong.
    pub fault: &'a Fault,
    /// Whether a pause of the sink is waited for; else its end cuts it short.
    pub patient: bool,
    /// Whether there is a dead-letter file.
    pub keeps: bool,
    /// The moment at which it is stopped; `None`: when the fault is over.
    pub state: Option<&'a State>,
}

/// How it ended.
#[derive(Debug, Default)]
pub struct Ending {
    /// What must not happen, and did.
    pub violations: Vec<String>,
    /// Seconds the end took beyond its limit; below 0: less than the limit.
    pub over: f64,
    /// Times the counters were looked at.
    pub scrapes: usize,
    /// Events stored more than once.
    pub again: usize,
    /// Events that the sink ended undelivered.
    pub ended: u64,
}

struct Run<'a> {
    cell: &'a Cell<'a>,
    program: &'a Program,
    peer: Listening,
    written: u64,
    refused: u64,
    last: Value,
    healed: bool,
    ending: Ending,
}

/// Runs a cell.
///
/// # Panics
///
/// When the program ends.
pub async fn run(
    cell: &Cell<'_>,
    program: &Program,
    certificates: &Arc<Certificates>,
    folder: &Path,
) -> Ending {
    let options = MockOptions::default();
    let mock = start(Arc::clone(cell.sink), options)
        .await
        .expect("a stand-in");
    let timeout = if cell.fault.hangs { SHORT } else { USUAL };
    let is_tls = cell.fault.what.is_tls();
    let peer = Listening::new(
        Arc::clone(cell.sink),
        mock,
        &cell.fault.what,
        is_tls.then(|| Arc::clone(certificates)),
        Duration::from_secs_f64(timeout / 4.0),
    );
    let url = match cell.fault.what {
        What::NoSuchHost => "https://nowhere.invalid".to_owned(),
        _ if is_tls => format!("https://{}", peer.address),
        _ => format!("http://{}", peer.address),
    };
    let mut settings = provider_settings(cell.sink, &url);
    settings.extend(issuer(
        cell.sink,
        &url,
        &folder.join(format!("{}.json", cell.number)),
    ));
    let file = folder.join(format!("{}.ndjson", cell.number));
    settings.extend(delivery(
        cell,
        timeout,
        is_tls.then_some(&certificates.authority),
        &file,
    ));
    let started = program
        .ask(cell.number, "start", json!({ "settings": settings }))
        .await;
    let mut run = Run {
        cell,
        program,
        peer,
        written: 0,
        refused: 0,
        last: json!({}),
        healed: false,
        ending: Ending::default(),
    };
    if let Some(error) = started["error"].as_str() {
        run.violates(format!("the sink does not start: {error}"));
        return run.ending;
    }
    match cell.state {
        Some(state) => run.reach(state).await,
        None => run.go().await,
    }
    run.stop(&file).await;
    run.ending
}

/// Seconds that the end of a sink may take.
pub fn within(cell: &Cell) -> f64 {
    match cell.state {
        Some(_) => stopping::WITHIN,
        None if cell.fault.what.heals() => WITHIN,
        None => 1.0,
    }
}

fn number(stats: &Value, name: &str) -> u64 {
    stats[name].as_u64().unwrap_or_default()
}

fn total(stats: &Value, name: &str) -> u64 {
    let reasons = stats[name].as_object();
    reasons.map_or(0, |reasons| {
        reasons.values().filter_map(Value::as_u64).sum()
    })
}

impl Run<'_> {
    fn violates(&mut self, problem: String) {
        self.ending.violations.push(problem);
    }

    async fn go(&mut self) {
        let fault = self.cell.fault;
        self.peer.peer.arm(&fault.what, fault.times);
        for _ in 0..WRITES {
            self.write(EVENTS).await;
            self.scrape().await;
        }
        // Until the fault is over, or shows for ever.
        let began = Instant::now();
        let is_over = |run: &Self| run.peer.peer.hits() >= fault.times.min(4);
        while self.ending.scrapes < SCRAPES - 3
            || fault.what.heals() && !is_over(self) && began.elapsed() < Duration::from_secs(3)
        {
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.scrape().await;
        }
        if fault.what.heals() {
            self.recover().await;
        }
        while self.ending.scrapes < SCRAPES {
            self.scrape().await;
        }
    }

    /// Gets the sink into the middle of something.
    async fn reach(&mut self, state: &State) {
        self.peer.peer.arm(&state.fault.what, usize::MAX);
        self.write(state.events).await;
        let began = Instant::now();
        loop {
            self.scrape().await;
            if number(&self.last, "requests") >= state.attempts {
                return;
            }
            if began.elapsed() > Duration::from_secs(60) {
                return self.violates("it does not come to so many attempts".to_owned());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn stop(&mut self, file: &Path) {
        let within = within(self.cell);
        let stopped = self
            .program
            .ask(self.cell.number, "stop", json!({ "within": within }))
            .await;
        self.ending.over = stopped["took"].as_f64().expect("seconds") - within;
        self.look(&stopped["stats"]);
        self.settle(&stopped["stats"], file);
    }

    async fn write(&mut self, count: u64) {
        let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a time");
        let entries: Vec<Value> = (self.written..self.written + count)
            .map(|id| json!({ "timestamp": now, "level": "INFO", "logger": "oracle", "message": message(id) }))
            .collect();
        self.written += count;
        let answer = self
            .program
            .ask(self.cell.number, "write", json!({ "entries": entries }))
            .await;
        self.refused += answer["refused"].as_u64().expect("a count");
    }

    async fn scrape(&mut self) {
        let answer = self.program.ask(self.cell.number, "stats", json!({})).await;
        self.ending.scrapes += 1;
        self.look(&answer["stats"]);
    }

    /// What holds at every moment.
    fn look(&mut self, stats: &Value) {
        let (accepted, refused) = (number(stats, "accepted"), total(stats, "refused"));
        let delivered = number(stats, "delivered");
        let ended = number(stats, "dead_lettered") + total(stats, "dropped");
        let mut wrong = Vec::new();
        if accepted + refused != self.written || refused != self.refused {
            wrong.push("submitted is not accepted + refused");
        }
        if accepted != delivered + ended + number(stats, "pending") {
            wrong.push("accepted is not delivered + dead-lettered + dropped + pending");
        }
        for name in ["accepted", "delivered", "dead_lettered", "requests"] {
            if number(stats, name) < number(&self.last, name) {
                wrong.push("a counter went back");
            }
        }
        let ledger = self.peer.peer.ledger();
        // Asked for after the counters: the books may only be ahead.
        if delivered > ledger.maybe.len() as u64 {
            wrong.push("more counted as delivered than were acknowledged");
        }
        drop(ledger);
        self.last = stats.clone();
        for wrong in wrong {
            self.violates(format!("{wrong}: {} written, {stats}", self.written));
        }
    }

    /// The peer is well again: an event written now must arrive soon.
    async fn recover(&mut self) {
        self.healed = true;
        self.peer.peer.arm(&What::Fine, 0);
        self.peer.listen();
        let fresh = self.written;
        self.write(1).await;
        let (pauses, longest_wait) = {
            let ledger = self.peer.peer.ledger();
            (ledger.pauses, ledger.longest_wait)
        };
        if self.cell.fault.long || pauses && !self.cell.patient {
            return;
        }
        let limit = LONGEST_BACKOFF.max(longest_wait)
            + GRACE
            + if pauses { PAUSE } else { 0.0 }
            + if self.cell.fault.hangs { SHORT } else { 0.0 };
        let began = Instant::now();
        loop {
            if self.is_settled(fresh) {
                return;
            }
            // Ten times as long before a machine that is busy is blamed on the sink.
            if began.elapsed().as_secs_f64() > limit * if self.cell.patient { 1.0 } else { 10.0 } {
                return self.violates(format!(
                    "no fresh event within {limit} s of the fault's end"
                ));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.scrape().await;
        }
    }

    fn is_settled(&self, event: u64) -> bool {
        let ledger = self.peer.peer.ledger();
        ledger.acked.contains(&event) || ledger.refused.contains(&event)
    }

    /// What holds at the end: the sink's report is what the peer's books say.
    fn settle(&mut self, report: &Value, file: &Path) {
        let fault = self.cell.fault;
        let (dead, problem) = dead_letters(file);
        self.ending.violations.extend(problem);
        let guard = self.peer.peer.ledger();
        let ledger: &Ledger = &guard;
        let mut wrong = ledger.violations.clone();
        let delivered = number(report, "delivered");
        let (sure, possible) = (ledger.acked.len() as u64, ledger.maybe.len() as u64);
        if delivered < sure || delivered > possible {
            wrong.push(format!(
                "{delivered} delivered, the peer acknowledged {sure} to {possible}"
            ));
        }
        if number(report, "pending") > 0 {
            wrong.push("something is pending after the end".to_owned());
        }
        if number(report, "dead_lettered") != dead.len() as u64 {
            wrong.push(format!("{} lines in the dead-letter file", dead.len()));
        }
        let both: Vec<_> = dead
            .iter()
            .filter(|id| ledger.acked.contains(*id))
            .collect();
        if !both.is_empty() {
            wrong.push(format!("acknowledged and dead-lettered: {both:?}"));
        }
        let known = |id: &u64| ledger.maybe.contains(id) || dead.contains(id);
        let missing: Vec<u64> = (0..self.written).filter(|id| !known(id)).collect();
        if missing.len() as u64 > total(report, "dropped") + self.refused {
            wrong.push(format!("lost without a word: {missing:?}"));
        }
        let invented = ledger
            .taken
            .keys()
            .chain(&dead)
            .find(|id| **id >= self.written);
        wrong.extend(invented.map(|id| format!("invented: event {id}")));
        self.ending.again = ledger
            .taken
            .values()
            .map(|times| times.saturating_sub(1))
            .sum();
        if self.ending.again > ledger.unanswered {
            let (again, lost) = (self.ending.again, ledger.unanswered);
            wrong.push(format!(
                "{again} stored again, answers for {lost} were lost"
            ));
        }
        self.ending.ended = number(report, "dead_lettered") + total(report, "dropped");
        // A fault that is over costs only what the vendor refuses.
        if self.healed {
            let unjust: Vec<_> = dead
                .iter()
                .filter(|id| !ledger.refused.contains(*id))
                .collect();
            if !unjust.is_empty() || self.ending.ended > ledger.refused.len() as u64 {
                wrong.push(format!("{} ended without a refusal", self.ending.ended));
            }
        }
        if fault.times > 0 && fault.times != usize::MAX && self.peer.peer.hits() == 0 {
            wrong.push("the fault did not happen".to_owned());
        }
        drop(guard);
        for wrong in wrong {
            self.violates(format!("{wrong}; {report}"));
        }
    }
}

/// The events of a dead-letter file.
fn dead_letters(file: &Path) -> (BTreeSet<u64>, Option<String>) {
    let Ok(text) = std::fs::read_to_string(file) else {
        return (BTreeSet::new(), None);
    };
    let mut dead = BTreeSet::new();
    for line in text.lines() {
        match ledger::events_of(None, line.as_bytes()).as_deref() {
            Ok([id]) if dead.insert(*id) => {}
            other => return (dead, Some(format!("a dead letter is no event: {other:?}"))),
        }
    }
    (dead, None)
}
