//! What a command says of a folder and of the files in it.

use std::collections::BTreeMap;
use std::path::Path;

use similar::TextDiff;

use super::console::{BAD, FAINT, GOOD, NOTABLE, STRONG};
use super::{Console, Exit, Result};
use crate::diagnostics::escape;
use crate::languages::Renamed;
use crate::project::emit::{Change, FileState};
use crate::project::guard::Guard;
use crate::project::prepare::Prepared;

/// Says what a folder is, and what its manifest gets.
pub fn announce(
    console: &mut Console,
    root: &Path,
    prepared: &Prepared,
    dry_run: bool,
) -> Result<()> {
    let kind = prepared.place.description();
    let note = if dry_run {
        ", dry run: nothing is written"
    } else {
        ""
    };
    let title = console.paint(STRONG, root.display());
    console.report(format_args!("{title}: {kind}{note}"))?;
    if let Some(Renamed { from, to, reason }) = &prepared.renamed {
        let word = console.paint(NOTABLE, "named    ");
        console.report(format_args!("  {word} `{to}`: `{from}` is {reason}"))?;
    }
    for it in &prepared.moved {
        let word = console.paint(NOTABLE, "moved    ");
        let (from, to) = (escape(&it.from), escape(&it.to));
        console.report(format_args!("  {word} {from} -> {to}"))?;
    }
    let groups = [
        (GOOD, "adds", &prepared.manifest.additions),
        (GOOD, "takes out", &prepared.taken),
        (NOTABLE, "leaves", &prepared.left),
        (NOTABLE, "to do", &prepared.manifest.notes),
    ];
    for (style, word, lines) in groups {
        for line in lines {
            let word = console.paint(style, format_args!("{word:9}"));
            let why = if style == NOTABLE && prepared.left.contains(line) {
                ": edited since it was added"
            } else {
                ""
            };
            console.report(format_args!("  {word} {}{why}", escape(line)))?;
        }
    }
    Ok(())
}

/// Says that a run before was interrupted.
pub fn recovered(console: &mut Console, root: &Path, guard: &Guard) -> Result<()> {
    if guard.recovered {
        let word = console.paint(NOTABLE, "recovered");
        let root = root.display();
        console.report(format_args!(
            "{word} {root}: a run was interrupted, what it did was taken back"
        ))?;
    }
    Ok(())
}

/// A line for each file, and how many there are of each kind.
pub fn files(console: &mut Console, changes: &[Change]) -> Result<()> {
    for change in changes {
        line(console, change)?;
    }
    console.report(summary(changes))
}

/// The same for files of which something is to be said.
pub fn changed_files(console: &mut Console, changes: &[Change]) -> Result<()> {
    for change in changes {
        if !matches!(change.state, FileState::Unchanged | FileState::Away) {
            line(console, change)?;
        }
    }
    console.report(summary(changes))
}

fn line(console: &mut Console, change: &Change) -> Result<()> {
    let style = match change.state {
        FileState::Created | FileState::Updated | FileState::Merged => GOOD,
        FileState::Unchanged => FAINT,
        FileState::Conflict | FileState::NotOurs => BAD,
        FileState::Kept
        | FileState::Removed
        | FileState::Left
        | FileState::Deleted
        | FileState::Away => NOTABLE,
    };
    let word = console.paint(style, format_args!("{:9}", change.state.word()));
    console.report(format_args!("  {word} {}", change.path))
}

/// `34 created, 2 kept`, and what those words mean that leave something to a person.
fn summary(changes: &[Change]) -> String {
    let mut counts: BTreeMap<FileState, usize> = BTreeMap::new();
    for change in changes {
        let state = match change.state {
            FileState::Away => FileState::Deleted,
            state => state,
        };
        *counts.entry(state).or_insert(0) += 1;
    }
    let words: Vec<_> = counts
        .iter()
        .map(|(state, count)| format!("{count} {}", state.word()))
        .collect();
    let mut text = words.join(", ");
    for (state, meaning) in [
        (
            FileState::Kept,
            "kept files were edited by somebody, and nothing is new in them; `new-sink --force` overwrites them",
        ),
        (
            FileState::Conflict,
            "conflicts are lines that somebody edited and that are new: settle them where the markers stand",
        ),
        (
            FileState::Deleted,
            "deleted files stay away; `new-sink --force` writes them again",
        ),
        (
            FileState::Left,
            "left files were edited by somebody and are no longer generated: they are yours",
        ),
    ] {
        if counts.contains_key(&state) {
            text.push('\n');
            text.push_str(meaning);
        }
    }
    text
}

/// How a command ends that brought files up to date.
pub fn exit(changes: &[Change]) -> Exit {
    if changes
        .iter()
        .any(|change| change.state == FileState::Conflict)
    {
        Exit::Findings
    } else {
        Exit::Done
    }
}

/// A unified difference, as other programs read it.
pub fn difference(console: &mut Console, before: (&str, &str), after: (&str, &str)) -> Result<()> {
    let diff = TextDiff::from_lines(before.1, after.1);
    let text = diff
        .unified_diff()
        .context_radius(3)
        .header(before.0, after.0)
        .to_string();
    for line in text.lines() {
        let style = match line.as_bytes().first() {
            Some(b'+') => GOOD,
            Some(b'-') => BAD,
            _ => FAINT,
        };
        let line = console.paint(style, escape(line));
        console.line(line)?;
    }
    Ok(())
}
