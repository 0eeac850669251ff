//! `undo`: the last run in a folder, taken back.

use std::path::{Path, PathBuf};

use super::console::{GOOD, NOTABLE, STRONG};
use super::{Context, Exit, Failure, Result, report};
use crate::diagnostics::Code;
use crate::languages;
use crate::project::guard::{Guard, PATIENCE};
use crate::project::journal;
use crate::project::undo::undo;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen undo
  fapilog-gen undo shop

Files are again what they were before the last `new-sink`, `update` or `remove`. What somebody changed
since is left and named. It works once, on the machine where the run was: `.fapilog-gen` has it.

Exit codes:
  0  done
  1  done, and some files were left
  2  not done: there is nothing to take back";

/// Take the last run back.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the sinks, or one with a folder for each language.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let folder = &arguments.folder;
    let has_runs = |folder: &Path| folder.join(journal::FOLDER).is_dir();
    let mut roots = vec![folder.clone()];
    if !has_runs(folder) {
        roots = languages::ALL
            .iter()
            .map(|language| folder.join(language.name()))
            .collect();
        roots.retain(|root| has_runs(root));
    }
    if roots.is_empty() {
        return Err(nothing(folder));
    }
    let mut exit = Exit::Done;
    for root in roots {
        if undo_in(context, &root)? == Exit::Findings {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

fn undo_in(context: &mut Context, root: &Path) -> Result {
    let guard = Guard::enter(root, PATIENCE)?;
    let console = &mut context.console;
    report::recovered(console, root, &guard)?;
    if guard.recovered {
        return Ok(Exit::Done);
    }
    let undone = undo(root, &guard)?.ok_or_else(|| nothing(root))?;
    let title = console.paint(STRONG, root.display());
    console.report(format_args!("{title}: as before the last run"))?;
    for (style, word, paths) in [
        (GOOD, "restored", &undone.taken_back),
        (NOTABLE, "left", &undone.left),
    ] {
        for path in paths {
            let word = console.paint(style, format_args!("{word:9}"));
            console.report(format_args!("  {word} {path}"))?;
        }
    }
    let is_back = |name: &str| undone.taken_back.iter().any(|path| path == name);
    for language in languages::ALL
        .iter()
        .filter(|it| is_back(it.manifest_name()))
    {
        for note in language.after_change(root) {
            let word = console.paint(NOTABLE, format_args!("{:9}", "to do"));
            console.report(format_args!("  {word} {note}"))?;
        }
    }
    if undone.left.is_empty() {
        return Ok(Exit::Done);
    }
    console.report("left files were changed by somebody since")?;
    Ok(Exit::Findings)
}

fn nothing(folder: &Path) -> Failure {
    Failure::new(
        Code::Project,
        format!("no run to take back in `{}`", folder.display()),
    )
    .hint("only the last run can be taken back, once, where it was done")
}
