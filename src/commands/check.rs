//! `check`: whether sinks are what the tool makes of them now, and what a person changed.

mod annotations;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::console::{BAD, GOOD, NOTABLE, STRONG};
use super::folders::{self, Folder};
use super::{Console, Context, Exit, Failure, Result};
use crate::diagnostics::{Code, escape};
use crate::project::emit::FileState;
use crate::project::lock;
use crate::project::moved::Move;
use crate::project::prepare::{Intent, Prepared};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen check
  fapilog-gen check shop --format json
  fapilog-gen check --format sarif > fapilog-gen.sarif

Each file is of one class:
  current   as it is generated
  edited    somebody edited it, and nothing is new
  stale     `update` would write it, your edits kept
  conflict  somebody edited lines that are new, or left the markers of a merge in it
  missing   gone since the last run; `update` takes note of it, `new-sink --force` writes it again
  orphan    no longer generated; `update` removes it, or leaves it to you where you edited it
  not ours  it lies where a file is to be written, and the tool did not write it

Exit codes:
  0  every file is current or edited
  1  some file is not
  2  it could not be found out";

/// Say of each generated file whether it is current, edited, or to be brought up to date.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the sinks, or one with a folder for each language.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people: what is not current.
    Text,
    /// For programs: every file.
    Json,
    /// For a GitHub workflow: an annotation for each file that is not current.
    Github,
    /// For code scanning: a SARIF log of the same.
    Sarif,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Class {
    Current,
    Edited,
    Stale,
    Conflict,
    Missing,
    Orphan,
    NotOurs,
}

impl Class {
    /// Absent for a file that a person deleted and a run took note of.
    fn of(state: FileState) -> Option<Self> {
        Some(match state {
            FileState::Unchanged => Self::Current,
            FileState::Kept => Self::Edited,
            FileState::Created | FileState::Updated | FileState::Merged => Self::Stale,
            FileState::Conflict => Self::Conflict,
            FileState::Deleted => Self::Missing,
            FileState::Away => return None,
            FileState::Removed | FileState::Left => Self::Orphan,
            FileState::NotOurs => Self::NotOurs,
        })
    }

    fn word(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Edited => "edited",
            Self::Stale => "stale",
            Self::Conflict => "conflict",
            Self::Missing => "missing",
            Self::Orphan => "orphan",
            Self::NotOurs => "not ours",
        }
    }

    fn is_finding(self) -> bool {
        !matches!(self, Self::Current | Self::Edited)
    }

    /// Those that are findings.
    const FINDINGS: [Self; 5] = [
        Self::Stale,
        Self::Conflict,
        Self::Missing,
        Self::Orphan,
        Self::NotOurs,
    ];

    /// Its name where no spaces may be.
    fn id(self) -> String {
        self.word().replace(' ', "-")
    }

    fn meaning(self) -> &'static str {
        match self {
            Self::Current => "as it is generated",
            Self::Edited => "somebody edited it, and nothing is new",
            Self::Stale => "what is generated is newer",
            Self::Conflict => {
                "somebody edited lines that are new, or left the markers of a merge in it"
            }
            Self::Missing => "gone since the last run",
            Self::Orphan => "no longer generated",
            Self::NotOurs => "it lies where a file is to be written, and the tool did not write it",
        }
    }

    /// What it is and what to do about it.
    fn remedy(self) -> &'static str {
        match self {
            Self::Current | Self::Edited => self.meaning(),
            Self::Stale => "what is generated is newer: run `fapilog-gen update`",
            Self::Conflict => {
                "edited lines are new too, or the markers of a merge are left: run `fapilog-gen update` and settle them"
            }
            Self::Missing => {
                "gone since the last run: `fapilog-gen update` takes note of it, `fapilog-gen new-sink --force` writes it again"
            }
            Self::Orphan => {
                "no longer generated: `fapilog-gen update` removes it, or leaves it to you where you edited it"
            }
            Self::NotOurs => {
                "it lies where a file is to be written, and the tool did not write it: move it to another name"
            }
        }
    }
}

#[derive(Debug, Serialize)]
struct Report {
    folder: String,
    /// Version of the tool that wrote what is there.
    written_by: Option<String>,
    /// Files that a person moved since then: they are followed.
    moved: Vec<Moved>,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct Moved {
    from: String,
    to: String,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    class: Class,
}

impl Moved {
    fn of(it: &Move) -> Self {
        Self {
            from: it.from.clone(),
            to: it.to.clone(),
        }
    }
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let found = folders::find(&arguments.folder)?;
    folders::refuse_interrupted(&found)?;
    let all = folders::prepare(&context.assets, &found, &[], Intent::LOOK)?;
    let reports: Vec<Report> = found.iter().zip(&all).map(report).collect();
    match arguments.format {
        Format::Text => {
            for report in &reports {
                print(&mut context.console, report)?;
            }
        }
        Format::Json => {
            let json = serde_json::to_string_pretty(&reports).map_err(|error| {
                Failure::new(Code::Input, "the report is no JSON").because(error)
            })?;
            context.console.line(json)?;
        }
        Format::Github => {
            for line in reports.iter().flat_map(annotations::github) {
                context.console.line(line)?;
            }
        }
        Format::Sarif => {
            let log = annotations::sarif(&reports);
            context.console.line(format_args!("{log:#}"))?;
        }
    }
    let mut files = reports.iter().flat_map(|report| &report.files);
    Ok(if files.any(|file| file.class.is_finding()) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

fn report((folder, prepared): (&Folder, &Prepared)) -> Report {
    let changes = prepared.emission.changes().iter();
    // A lock that only another version wrote is no news to anybody.
    let files = changes.filter(|change| change.path != lock::FILE_NAME);
    let files = files.filter_map(|change| {
        Some(File {
            path: change.path.clone(),
            class: Class::of(change.state)?,
        })
    });
    Report {
        folder: folder.root.display().to_string(),
        written_by: folder.lock.tool.clone(),
        moved: prepared.moved.iter().map(Moved::of).collect(),
        files: files.collect(),
    }
}

fn print(console: &mut Console, report: &Report) -> Result<()> {
    let title = console.paint(STRONG, &report.folder);
    let mut counts: BTreeMap<Class, usize> = BTreeMap::new();
    for file in &report.files {
        *counts.entry(file.class).or_insert(0) += 1;
    }
    let words: Vec<_> = counts
        .iter()
        .map(|(class, count)| format!("{count} {}", class.word()))
        .collect();
    console.line(format_args!("{title}: {}", words.join(", ")))?;
    for Moved { from, to } in &report.moved {
        let word = console.paint(NOTABLE, "moved    ");
        console.line(format_args!("  {word} {} -> {}", escape(from), escape(to)))?;
    }
    for file in &report.files {
        let style = match file.class {
            Class::Current => continue,
            Class::Edited => GOOD,
            Class::Conflict | Class::NotOurs => BAD,
            Class::Stale | Class::Missing | Class::Orphan => NOTABLE,
        };
        let word = console.paint(style, format_args!("{:9}", file.class.word()));
        console.line(format_args!("  {word} {}", file.path))?;
    }
    Ok(())
}
