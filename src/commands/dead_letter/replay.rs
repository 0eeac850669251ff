//! `dead-letter replay`: sends what was kept, by the rules of its sink, and takes what is confirmed out
//! of the file.
//!
//! Each event is sent until the provider has said what becomes of it, and not again in the same run:
//! what is refused stays in the file. An outage ends the run after a few attempts, a pause at once.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value as Json;
use time::OffsetDateTime;
use tokio::time::sleep;

use super::file::{Line, Lines};
use super::group::Group;
use super::journal::Journal;
use super::wire::sender::{Sender, Unsent};
use crate::commands::console::{BAD, GOOD, NOTABLE};
use crate::commands::source::Source;
use crate::commands::{Console, Context, Exit, Failure, Result};
use crate::diagnostics::{Code, escape};
use crate::sink::Sink;
use crate::sink::interpret::{
    Encoded, Event, Interpreter, Settings, Too, Verdict, WhatNow, interpret, pack,
};

/// Dead letters that are packed together.
const AT_ONCE: usize = 10_000;

/// Attempts in a row without an answer that says anything about events.
const MOST_FAILURES: u32 = 6;

/// Longest wait between two of them.
const LONGEST_WAIT: Duration = Duration::from_secs(30);

/// What may be stored already.
const UNCERTAIN: &str = "uncertain";

/// Send dead letters again, by the rules of their sink, and take out of the file what the provider
/// confirms.
///
/// Settings and credentials come from the sink's environment variables. What is refused again stays
/// in the file. Interrupted at any moment, the command goes on where it was when it is run again:
/// nothing is lost, and nothing that was confirmed is sent twice.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The sink's dead-letter file.
    file: PathBuf,
    #[command(flatten)]
    source: Source,
    /// Only those that ended for this reason. May be repeated. Default: all but `uncertain`, which may
    /// be stored already.
    #[arg(long, value_name = "REASON")]
    reason: Vec<String>,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let sink = arguments.source.load(&context.assets)?.sink;
    let interpreter = Interpreter::new(&sink, settings(&sink)?);
    // Before the journal is begun: a file that is not there has none.
    drop(Lines::open(&arguments.file)?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Code::System, "cannot start").because(error))?;
    let entered = runtime.enter();
    let sender = Sender::new(&interpreter, now())?;
    drop(entered);
    let mut replay = Replay {
        journal: Journal::open(&arguments.file)?,
        interpreter,
        sender,
        failures: 0,
        counts: Counts::default(),
    };
    let ended = runtime.block_on(replay.all(arguments));
    let Replay {
        journal, counts, ..
    } = replay;
    journal.finish()?;
    counts.tell(&mut context.console, &sink, arguments)?;
    match ended? {
        Some(why) => Err(stopped(&why, &sink, arguments)),
        None if counts.left == 0 => Ok(Exit::Done),
        None => Ok(Exit::Findings),
    }
}

/// Settings as the sink reads them from its environment.
fn settings(sink: &Sink) -> Result<Settings> {
    let mut given: IndexMap<String, Json> = IndexMap::new();
    for setting in &sink.settings {
        let values = setting.env.iter().filter_map(|name| env::var(name).ok());
        if let Some(value) = values.into_iter().find(|value| !value.trim().is_empty()) {
            given.insert(setting.name.clone(), value.into());
        }
    }
    Settings::read(sink, &given).map_err(|refused| {
        let each = refused.iter().map(|refusal| {
            let setting = sink.settings.iter().find(|it| it.name == refusal.setting);
            let variable = setting.and_then(|setting| setting.env.first());
            let variable = variable
                .map(|name| format!(" (`{name}`)"))
                .unwrap_or_default();
            format!("`{}`{variable} {}", refusal.setting, refusal.message)
        });
        let each: Vec<String> = each.collect();
        Failure::new(
            Code::Settings,
            format!("settings cannot work: {}", each.join("; ")),
        )
        .hint("set the environment variables that the sink is run with")
    })
}

/// Why a run ended before all was sent.
struct Stopped {
    why: String,
    needs_a_person: bool,
}

fn stopped(stopped: &Stopped, sink: &Sink, arguments: &Args) -> Failure {
    let (why, id) = (escape(&stopped.why), &sink.id);
    let file = escape(&arguments.file.display().to_string());
    let hint = if stopped.needs_a_person {
        "mend what the answer names, then run the same command again"
    } else {
        "what was confirmed is out of the file: run the same command again later"
    };
    Failure::new(
        Code::Delivery,
        format!("{id} takes no events now, the rest stays in `{file}`: {why}"),
    )
    .hint(hint)
    .exiting_with(Exit::Findings)
}

/// What became of the dead letters.
#[derive(Debug, Default)]
struct Counts {
    delivered: u64,
    left: u64,
    passed_over: u64,
    /// Why those that are left are, and how many of each.
    why: BTreeMap<String, u64>,
}

impl Counts {
    fn keep(&mut self, count: usize, why: impl Into<String>) {
        self.left += count as u64;
        if count > 0 {
            *self.why.entry(why.into()).or_default() += count as u64;
        }
    }

    fn tell(&self, console: &mut Console, sink: &Sink, arguments: &Args) -> Result<()> {
        let file = escape(&arguments.file.display().to_string());
        let delivered = console.paint(GOOD, format_args!("{:>8}", self.delivered));
        console.line(format_args!("{delivered} delivered to {}", sink.title))?;
        if self.left > 0 {
            let left = console.paint(BAD, format_args!("{:>8}", self.left));
            console.line(format_args!("{left} not delivered, still in {file}"))?;
        }
        for (why, count) in &self.why {
            let line = format!("{count:>12}  {}", escape(why));
            console.report(console.paint(NOTABLE, line))?;
        }
        if self.passed_over > 0 {
            let count = self.passed_over;
            console.report(format_args!("{count:>8} lines not asked for, still there"))?;
        }
        Ok(())
    }
}

struct Replay<'s> {
    interpreter: Interpreter<'s>,
    sender: Sender,
    journal: Journal,
    failures: u32,
    counts: Counts,
}

impl Replay<'_> {
    /// Sends all that is asked for. Returns why it stopped before the end, if it did.
    async fn all(&mut self, arguments: &Args) -> Result<Option<Stopped>> {
        let mut lines = Lines::open(&arguments.file)?;
        loop {
            let mut some = Vec::new();
            let mut is_end = false;
            while some.len() < AT_ONCE {
                let Some(line) = lines.next()? else {
                    is_end = true;
                    break;
                };
                if self.journal.confirmed().holds(&line) {
                    continue;
                }
                if is_wanted(&line, &self.interpreter.sink().id, &arguments.reason) {
                    some.push(line);
                } else {
                    self.counts.passed_over += 1;
                }
            }
            if let Some(stopped) = self.send_all(&some).await? {
                return Ok(Some(stopped));
            }
            if is_end {
                return Ok(None);
            }
        }
    }

    async fn send_all(&mut self, lines: &[Line]) -> Result<Option<Stopped>> {
        let now = now();
        let encoded: Vec<Encoded> = lines
            .iter()
            .filter_map(|line| line.letter.as_ref())
            .map(|letter| {
                self.interpreter
                    .encode(&Event::read(&letter.entry, now), now)
            })
            .collect();
        let packed = pack(&self.interpreter, &encoded, now);
        for (_, too) in &packed.left {
            let why = match too {
                Too::Long => "longer than the provider takes",
                Too::Old => "outside the provider's time window",
            };
            self.counts.keep(1, why);
        }
        let mut groups: Vec<Group> = packed.requests.into_iter().rev().map(Group::new).collect();
        while let Some(group) = groups.pop() {
            let records: Vec<&Encoded> = group.places.iter().map(|at| &encoded[*at]).collect();
            let answer = self.sender.send(&self.interpreter, &records, now).await;
            let verdict = match answer {
                Ok(reply) => {
                    let sink = self.interpreter.sink();
                    interpret(sink, &reply, group.places.len(), now_seconds())
                }
                Err(Unsent::Outage(reason)) => unsent(WhatNow::Transient, reason),
                Err(Unsent::Refused(reason)) => unsent(WhatNow::Paused, reason),
            };
            if let Some(stopped) = self.settle(group, verdict, lines, &mut groups).await? {
                return Ok(Some(stopped));
            }
        }
        Ok(None)
    }

    /// Does what an answer means; one flat match.
    async fn settle(
        &mut self,
        group: Group,
        verdict: Verdict,
        lines: &[Line],
        groups: &mut Vec<Group>,
    ) -> Result<Option<Stopped>> {
        let Verdict {
            outcome,
            reason,
            retry_after,
        } = verdict;
        let count = group.places.len();
        match outcome {
            WhatNow::Delivered => {
                self.confirm(&group.places, lines)?;
                group.progressed();
            }
            WhatNow::Partial { retry, .. } if retry.len() == count => {
                return Ok(self.wait(group, reason, retry_after, groups).await);
            }
            WhatNow::Partial {
                rejected,
                uncertain,
                retry,
            } => {
                let ended = |at: &usize| {
                    rejected.contains(at) || uncertain.contains(at) || retry.contains(at)
                };
                let stored = (0..count).filter(|at| !ended(at));
                let stored: Vec<usize> = stored.map(|at| group.places[at]).collect();
                self.confirm(&stored, lines)?;
                group.progressed();
                self.counts.keep(rejected.len(), &*reason);
                self.counts.keep(uncertain.len(), UNCERTAIN);
                let again: Vec<usize> = retry.iter().map(|at| group.places[*at]).collect();
                if !again.is_empty() {
                    groups.push(Group::new(again));
                }
            }
            WhatNow::Split | WhatNow::Bisect if count > 1 => {
                if let Some(halves) = group.halves() {
                    groups.extend(halves);
                } else {
                    let why = format!("too many bad events to tell them apart: {reason}");
                    self.counts.keep(count, why);
                }
            }
            WhatNow::Split | WhatNow::Bisect | WhatNow::Rejected => {
                self.counts.keep(count, reason);
            }
            WhatNow::Uncertain { .. } => self.counts.keep(count, UNCERTAIN),
            WhatNow::Throttled | WhatNow::Transient => {
                return Ok(self.wait(group, reason, retry_after, groups).await);
            }
            WhatNow::Paused => {
                return Ok(Some(Stopped {
                    why: reason,
                    needs_a_person: true,
                }));
            }
        }
        self.failures = 0;
        Ok(None)
    }

    fn confirm(&mut self, places: &[usize], lines: &[Line]) -> Result<()> {
        let lines: Vec<&Line> = places.iter().map(|at| &lines[*at]).collect();
        self.journal.confirm(&lines)?;
        self.counts.delivered += places.len() as u64;
        Ok(())
    }

    /// Puts a group back and waits as asked, or longer each time; gives up after a few.
    async fn wait(
        &mut self,
        group: Group,
        why: String,
        asked: Option<f64>,
        groups: &mut Vec<Group>,
    ) -> Option<Stopped> {
        self.failures += 1;
        if self.failures >= MOST_FAILURES {
            return Some(Stopped {
                why,
                needs_a_person: false,
            });
        }
        let asked = asked.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        let own = Duration::from_secs(1 << (self.failures - 1));
        sleep(asked.unwrap_or(own).min(LONGEST_WAIT)).await;
        groups.push(group);
        None
    }
}

fn is_wanted(line: &Line, provider: &str, reasons: &[String]) -> bool {
    line.letter.as_ref().is_some_and(|letter| {
        let is_asked = if reasons.is_empty() {
            letter.reason != UNCERTAIN
        } else {
            reasons.contains(&letter.reason)
        };
        letter.provider == provider && letter.entry.is_object() && is_asked
    })
}

fn unsent(outcome: WhatNow, reason: String) -> Verdict {
    Verdict {
        outcome,
        reason,
        retry_after: None,
    }
}

/// Seconds since 1970.
#[expect(
    clippy::cast_precision_loss,
    reason = "seconds of any date fit exactly"
)]
fn now_seconds() -> f64 {
    OffsetDateTime::now_utc().unix_timestamp() as f64
}

/// Nanoseconds since 1970.
fn now() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos()).unwrap_or(i64::MAX)
}
