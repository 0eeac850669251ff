//! `dead-letter`: what a sink could not deliver, listed, shown, and sent again.

mod file;
mod group;
mod journal;
mod replay;
mod wire;

// What sinks open the file with: its folder, its links and its lock are judged alike.
#[allow(clippy::duplicate_mod, dead_code, reason = "the sinks use all of it")]
#[path = "../../templates/rust/cloud_sink_base/private_file.rs"]
mod private_file;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use self::file::{Letter, Lines};
use self::journal::Confirmed;
use super::console::{FAINT, STRONG};
use super::{Console, Context, Exit, Result};
use crate::diagnostics::escape;
use crate::text;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen dead-letter list dead.ndjson
  fapilog-gen dead-letter show dead.ndjson --reason oversize
  fapilog-gen dead-letter replay dead.ndjson --provider datadog";

/// Characters of a detail in the table.
const DETAIL_CHARS: usize = 60;

/// List, show and send again what a sink could not deliver.
///
/// The file is the one that the sink's `dead_letter_path` names, written by a sink in any language. It
/// may be in use meanwhile.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    List(ListArgs),
    Show(ShowArgs),
    Replay(replay::Args),
}

/// Why events ended in the file, and how many of each kind.
#[derive(Debug, clap::Args)]
struct ListArgs {
    /// The sink's dead-letter file.
    file: PathBuf,
}

/// The events themselves.
#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// The sink's dead-letter file.
    file: PathBuf,
    /// Only those of this provider's sink.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// Only those that ended for this reason.
    #[arg(long, value_name = "REASON")]
    reason: Option<String>,
    /// How many.
    #[arg(long, value_name = "COUNT", default_value = "10")]
    most: usize,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    match &arguments.action {
        Action::List(arguments) => list(&mut context.console, &arguments.file),
        Action::Show(arguments) => show(&mut context.console, arguments),
        Action::Replay(arguments) => replay::run(context, arguments),
    }
}

/// Calls `each` for every dead letter that is not confirmed by now. Returns how many lines are none.
fn visit(path: &Path, mut each: impl FnMut(Letter) -> Result<bool>) -> Result<u64> {
    let mut lines = Lines::open(path)?;
    let confirmed = Confirmed::read(path)?;
    let mut others = 0;
    while let Some(line) = lines.next()? {
        if confirmed.holds(&line) {
            continue;
        }
        match line.letter {
            Some(letter) => {
                if !each(letter)? {
                    break;
                }
            }
            None => others += u64::from(line.bytes != b"\n"),
        }
    }
    Ok(others)
}

/// Dead letters of one kind.
#[derive(Debug, Default)]
struct Kind {
    count: u64,
    first: String,
    last: String,
    detail: String,
}

fn list(console: &mut Console, path: &Path) -> Result {
    let mut kinds: BTreeMap<(String, String, Option<u16>), Kind> = BTreeMap::new();
    let others = visit(path, |letter| {
        let kind = kinds
            .entry((letter.provider, letter.reason, letter.status))
            .or_insert_with(|| Kind {
                detail: letter.detail.clone(),
                ..Kind::default()
            });
        kind.count += 1;
        let first = letter.first_attempt.unwrap_or_default();
        if !first.is_empty() && (kind.first.is_empty() || first < kind.first) {
            kind.first = first;
        }
        kind.last = kind
            .last
            .clone()
            .max(letter.last_attempt.unwrap_or_default());
        Ok(true)
    })?;
    let mut rows = vec![
        [
            "PROVIDER",
            "REASON",
            "STATUS",
            "EVENTS",
            "FIRST ATTEMPT",
            "LAST ATTEMPT",
            "DETAIL",
        ]
        .map(str::to_owned),
    ];
    rows.extend(kinds.into_iter().map(|((provider, reason, status), kind)| {
        [
            escape(&provider),
            escape(&reason),
            status.map_or("-".to_owned(), |status| status.to_string()),
            kind.count.to_string(),
            moment(&kind.first),
            moment(&kind.last),
            shortened(&kind.detail),
        ]
    }));
    if rows.len() > 1 {
        table(console, &rows)?;
    } else {
        console.report("no dead letters")?;
    }
    if others > 0 {
        let what = if others == 1 { "line is" } else { "lines are" };
        console.report(format_args!("{others} {what} no dead letter"))?;
    }
    Ok(Exit::Done)
}

fn table(console: &mut Console, rows: &[[String; 7]]) -> Result<()> {
    let width = |column: usize| rows.iter().map(|row| text::width(&row[column])).max();
    let widths: Vec<usize> = (0..7).filter_map(width).collect();
    for (number, row) in rows.iter().enumerate() {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let line = cells.collect::<Vec<_>>().join("  ");
        let line = line.trim_end();
        let line = if number == 0 {
            console.paint(STRONG, line)
        } else {
            line.to_owned()
        };
        console.line(line)?;
    }
    Ok(())
}

/// A moment to the second.
fn moment(text: &str) -> String {
    match text.get(..19) {
        Some(start) => format!("{}Z", escape(start)),
        None if text.is_empty() => "-".to_owned(),
        None => escape(text),
    }
}

fn shortened(detail: &str) -> String {
    let mut short: String = detail.chars().take(DETAIL_CHARS).collect();
    if short.len() < detail.len() {
        short.push('…');
    }
    escape(&short)
}

fn show(console: &mut Console, arguments: &ShowArgs) -> Result {
    let is_wanted = |letter: &Letter| {
        arguments
            .provider
            .as_ref()
            .is_none_or(|id| *id == letter.provider)
            && arguments
                .reason
                .as_ref()
                .is_none_or(|it| *it == letter.reason)
    };
    let (mut shown, mut others) = (0, 0);
    visit(&arguments.file, |letter| {
        if !is_wanted(&letter) {
            return Ok(true);
        }
        if shown < arguments.most {
            show_one(console, &letter)?;
            shown += 1;
        } else {
            others += 1;
        }
        Ok(true)
    })?;
    if others > 0 {
        console.report(format_args!("{others} more; `--most COUNT` shows them"))?;
    } else if shown == 0 {
        console.report("no such dead letters")?;
    }
    Ok(Exit::Done)
}

fn show_one(console: &mut Console, letter: &Letter) -> Result<()> {
    let head = format!("{} {}", escape(&letter.provider), escape(&letter.reason));
    let attempts = match letter.attempts {
        1 => "1 attempt".to_owned(),
        count => format!("{count} attempts"),
    };
    let last = letter.last_attempt.as_deref().map(moment);
    let last = last
        .map(|last| format!(", the last {last}"))
        .unwrap_or_default();
    let head = console.paint(STRONG, head);
    let tail = console.paint(FAINT, format_args!("{attempts}{last}"));
    console.line(format_args!("{head}  {tail}"))?;
    console.line(format_args!("  {}", escape(&letter.detail)))?;
    let entry = format!("{:#}", letter.entry);
    for line in entry.lines() {
        console.line(format_args!("  {}", escape(line)))?;
    }
    console.line("")
}
