//! What a sink says about itself: one line when its state changes, at a rate a person can read.
//!
//! error: events were dropped, or somebody must act; warn: events are late or in the dead-letter
//! file; info: recovered, stopped. Lines go to `tracing` and never through a sink; where nothing
//! shows them, trouble goes to standard error. Reasons come from transports and hold no secrets.

use std::cell::Cell;
use std::fmt;
use std::io::{self, Write};
use std::time::Duration;

use tokio::time::Instant;
use tracing::subscriber::NoSubscriber;
use tracing::{Dispatch, Level, dispatcher, enabled, error, info, warn};

use super::{DropReason, EventTime, RefuseReason, Stats};

/// Shortest time between two lines of one sink, its last excepted.
const QUIET: Duration = Duration::from_secs(10);

const TARGET: &str = "cloud_sink_base";

thread_local! {
    static DELIVERS: Cell<bool> = const { Cell::new(false) };
}

/// Whether the current thread delivers events. What is logged here must not become an event of a
/// sink, or one request's log lines would cause the next request.
#[must_use]
pub fn on_delivery_thread() -> bool {
    DELIVERS.get()
}

/// Marks the current thread as one that delivers.
pub fn mark_delivery_thread() {
    DELIVERS.set(true);
}

/// The lines of one sink. What may not be said yet is kept as counts and said together later.
#[derive(Debug)]
pub struct Reporter {
    sink: &'static str,
    state: State,
    /// The state as the last line had it.
    told: State,
    /// Why there is trouble.
    why: String,
    /// Events whose attempt failed and is going to be repeated.
    failed: u64,
    losses: Vec<Loss>,
    last: Option<Instant>,
}

/// How delivery goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Delivers,
    Outage,
    Paused,
}

/// Events that ended undelivered, of one kind.
#[derive(Debug)]
struct Loss {
    kind: LossKind,
    count: u64,
    /// What was said of the first of them.
    detail: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LossKind {
    Dropped(DropReason),
    DeadLettered(DropReason),
    Refused(RefuseReason),
    /// They are counted as dead-lettered already.
    InDoubt,
}

impl Reporter {
    pub fn new(sink: &'static str) -> Self {
        Self {
            sink,
            state: State::Delivers,
            told: State::Delivers,
            why: String::new(),
            failed: 0,
            losses: Vec::new(),
            last: None,
        }
    }

    /// An attempt failed and will be repeated.
    pub fn attempt_failed(&mut self, now: Instant, events: usize, why: &str) {
        self.failed += events as u64;
        self.note_state(self.state, why, now);
    }

    pub fn outage_began(&mut self, now: Instant, why: &str) {
        self.note_state(State::Outage, why, now);
    }

    pub fn paused(&mut self, now: Instant, why: &str) {
        self.note_state(State::Paused, why, now);
    }

    pub fn recovered(&mut self, now: Instant) {
        self.failed = 0;
        self.note_state(State::Delivers, "", now);
    }

    pub fn dropped(&mut self, now: Instant, count: u64, reason: DropReason, detail: &str) {
        self.note_loss(LossKind::Dropped(reason), count, detail, now);
    }

    pub fn dead_lettered(&mut self, now: Instant, count: u64, reason: DropReason, detail: &str) {
        self.note_loss(LossKind::DeadLettered(reason), count, detail, now);
    }

    /// What was dead-lettered last may not be on the disk.
    pub fn file_in_doubt(&mut self, now: Instant, detail: &str) {
        self.note_loss(LossKind::InDoubt, 0, detail, now);
    }

    /// `write` gave events back because the queue was full.
    pub fn refused(&mut self, now: Instant, count: u64) {
        let kind = LossKind::Refused(RefuseReason::QueueFull);
        self.note_loss(kind, count, "the queue is full", now);
    }

    /// Says what may be said by now.
    pub fn speak(&mut self, now: Instant) {
        if !self.may_speak(now) {
            return;
        }
        if let Some((level, text)) = self.take_text() {
            self.last = Some(now);
            tell(level, self.sink, &text, true);
        }
    }

    /// Whether a line may be written.
    pub fn may_speak(&self, now: Instant) -> bool {
        self.due().is_none_or(|due| due <= now)
    }

    /// When the next line may be written, if there was one.
    pub fn due(&self) -> Option<Instant> {
        self.last.map(|last| last + QUIET)
    }

    /// The last line, with all that was not said yet.
    pub fn stopped(&mut self, stats: &Stats) {
        let (delivered, dead, dropped) =
            (stats.delivered, stats.dead_lettered, stats.dropped_total());
        let (sink, untold) = (self.sink, self.take_text());
        let mut text = format!(
            "{sink} sink stopped: {delivered} delivered, {dead} dead-lettered, {dropped} dropped"
        );
        let mut level = match (dropped, dead) {
            (1.., _) => Level::ERROR,
            (0, 1..) => Level::WARN,
            (0, 0) => Level::INFO,
        };
        if let Some((untold_level, untold)) = untold {
            level = level.min(untold_level);
            text = format!("{text}; {untold}");
        }
        tell(level, sink, &text, level < Level::INFO);
    }

    fn note_state(&mut self, state: State, why: &str, now: Instant) {
        self.state = state;
        if self.why != why {
            why.clone_into(&mut self.why);
        }
        self.speak(now);
    }

    fn note_loss(&mut self, kind: LossKind, count: u64, detail: &str, now: Instant) {
        match self.losses.iter_mut().find(|loss| loss.kind == kind) {
            Some(loss) => loss.count += count,
            None => self.losses.push(Loss {
                kind,
                count,
                detail: detail.to_owned(),
            }),
        }
        self.speak(now);
    }

    /// What is not said yet, with the level of its gravest part; `None` when that is nothing.
    fn take_text(&mut self) -> Option<(Level, String)> {
        let mut parts = Vec::new();
        if self.state != self.told {
            parts.push(self.state_text());
        } else if self.failed > 0 && self.state == State::Delivers {
            parts.push((
                Level::WARN,
                format!(
                    "{} took none of {} events, they will be sent again: {}",
                    self.sink, self.failed, self.why
                ),
            ));
        }
        self.told = self.state;
        self.failed = 0;
        let losses = std::mem::take(&mut self.losses);
        parts.extend(losses.iter().map(|loss| loss.text(self.sink)));
        // tracing orders levels by how much they tell: an error is the least.
        let level = parts.iter().map(|(level, _)| *level).min()?;
        let texts: Vec<String> = parts.into_iter().map(|(_, text)| text).collect();
        Some((level, texts.join("; ")))
    }

    fn state_text(&self) -> (Level, String) {
        let (sink, why) = (self.sink, &self.why);
        match self.state {
            State::Delivers => (Level::INFO, format!("{sink} answers again")),
            State::Outage => (
                Level::WARN,
                format!("{sink} does not answer, events are kept and probes sent: {why}"),
            ),
            State::Paused => (
                Level::ERROR,
                format!("{sink} sink is paused, events are kept: {why}"),
            ),
        }
    }
}

impl Loss {
    fn text(&self, sink: &str) -> (Level, String) {
        let Self {
            kind,
            count,
            detail,
        } = self;
        match kind {
            LossKind::Dropped(reason) => (
                Level::ERROR,
                format!(
                    "{sink} sink dropped {count} events, {}: {detail}",
                    reason.as_str()
                ),
            ),
            LossKind::DeadLettered(reason) => (
                Level::WARN,
                format!(
                    "{sink} sink dead-lettered {count} events, {}: {detail}",
                    reason.as_str()
                ),
            ),
            LossKind::InDoubt => (
                Level::ERROR,
                format!("{sink} sink may lose its last dead letters: {detail}"),
            ),
            LossKind::Refused(_) => (
                Level::ERROR,
                format!("{sink} sink gave {count} events back: {detail}"),
            ),
        }
    }
}

/// A setting that was found and is not used; said once, when settings are read.
pub fn unused_setting(text: &str) {
    tell(Level::WARN, "settings", text, true);
}

/// Credentials travel as they are, because a setting says so; said once, when the sink starts.
pub fn shown_credentials(sink: &str) {
    let text = format!("{sink} sink sends credentials unencrypted, as its settings allow");
    tell(Level::WARN, sink, &text, true);
}

/// Says once for each sink and kind that events have the time of their acceptance. Runs on a writer's
/// thread.
pub fn without_time(sink: &str, time: EventTime) {
    let what = match time {
        EventTime::Read => return,
        EventTime::Missing => "an event has no `timestamp`",
        EventTime::Unreadable => "a `timestamp` cannot be read and went to the event's `data`",
    };
    let text = format!("{sink}: {what}: the event has the time at which it was accepted");
    tell(Level::WARN, sink, &text, true);
}

/// Writes a line where the program's own go; to standard error where nobody shows it and it
/// `matters`. A line that the program's own filter keeps back was not wanted.
fn tell(level: Level, sink: &str, text: &str, matters: bool) {
    let line = Line {
        text,
        shown: Cell::new(false),
    };
    // A worker that runs on the program's own runtime has no thread to itself.
    let delivers = DELIVERS.replace(true);
    let wanted = match level {
        Level::ERROR => {
            error!(target: TARGET, sink, "{line}");
            enabled!(target: TARGET, Level::ERROR)
        }
        Level::WARN => {
            warn!(target: TARGET, sink, "{line}");
            enabled!(target: TARGET, Level::WARN)
        }
        _ => {
            info!(target: TARGET, sink, "{line}");
            enabled!(target: TARGET, Level::INFO)
        }
    };
    DELIVERS.set(delivers);
    let has_subscriber = !dispatcher::get_default(Dispatch::is::<NoSubscriber>);
    if matters && !line.shown.get() && (wanted || !has_subscriber) {
        // Standard error may be closed; then there is nobody to tell.
        let _ = writeln!(io::stderr(), "{text}");
    }
}

/// A text that knows whether somebody read it: a subscriber made of a sink's layer alone takes
/// every line and shows none.
struct Line<'a> {
    text: &'a str,
    shown: Cell<bool>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown.set(true);
        f.write_str(self.text)
    }
}
