//! `update`: sinks that are there, brought to what the tool makes of them now.

use std::path::PathBuf;

use super::folders::{self, Folder};
use super::{Context, Exit, Result, report};
use crate::project::guard::{Guard, PATIENCE};
use crate::project::lock;
use crate::project::merge::Conflict;
use crate::project::prepare::{Intent, Prepared};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen update
  fapilog-gen update shop --dry-run --diff
  fapilog-gen update shop --conflict rej

What you edited stays, and what is new is merged into it: from the text in `fapilog-gen.lock`, without
git and without a network. Files that you deleted or moved stay away. `undo` takes it back.

Exit codes:
  0  done
  1  done, and some lines that you edited are new too: they ended as `--conflict` says
  2  not done: nothing was written";

/// Bring sinks up to date and keep what you edited.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the sinks, or one with a folder for each language.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// What becomes of lines that you edited and that are new.
    #[arg(long, value_name = "HOW", default_value = "markers")]
    conflict: Conflict,
    /// Report what would be done and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Show the difference in each file.
    #[arg(long)]
    diff: bool,
    /// Leave the manifest alone and print what to add.
    #[arg(long)]
    no_deps: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let found = folders::find(&arguments.folder)?;
    let mut guards = Vec::new();
    if arguments.dry_run {
        folders::refuse_interrupted(&found)?;
    } else {
        for folder in &found {
            let guard = Guard::enter(&folder.root, PATIENCE)?;
            report::recovered(&mut context.console, &folder.root, &guard)?;
            guards.push(guard);
        }
    }
    let intent = Intent::Renew {
        conflict: arguments.conflict,
        no_deps: arguments.no_deps,
    };
    let all = folders::prepare(&context.assets, &found, &[], intent)?;
    for (folder, prepared) in found.iter().zip(&all) {
        prepared.refuse_strangers(&folder.root)?;
    }
    context.console.outlive_reader();
    let mut exit = Exit::Done;
    for (folder, prepared) in found.iter().zip(all) {
        if update(context, arguments, folder, prepared)? == Exit::Findings {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

fn update(context: &mut Context, arguments: &Args, folder: &Folder, prepared: Prepared) -> Result {
    let console = &mut context.console;
    report::announce(console, &folder.root, &prepared, arguments.dry_run)?;
    let changes = prepared.emission.changes().to_vec();
    if arguments.diff {
        for change in &changes {
            let is_lock = change.path == lock::FILE_NAME;
            if let Some(planned) = prepared.emission.planned(&change.path).filter(|_| !is_lock) {
                let now = folders::text(&folder.root, &change.path)?;
                let names = [format!("a/{}", change.path), format!("b/{}", change.path)];
                report::difference(console, (&names[0], &now), (&names[1], planned))?;
            }
        }
    }
    if !arguments.dry_run {
        console.flush()?;
        prepared.emission.write_undoable()?;
    }
    report::changed_files(console, &changes)?;
    let manifest = prepared.place.language().manifest_name();
    for line in &prepared.manifest.left_to_do {
        console.line(format_args!("add to {manifest}: {line}"))?;
    }
    for line in prepared.undeclared {
        console.line(line)?;
    }
    Ok(report::exit(&changes))
}
