//! `diff`: what a person changed in generated files, and what an update would.

use std::path::PathBuf;

use super::folders::{self, Folder};
use super::{Console, Context, Exit, Result, report};
use crate::project::emit::FileState;
use crate::project::lock;
use crate::project::prepare::{Intent, Prepared};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen diff
  fapilog-gen diff shop --yours

A difference from `generated/…` to `yours/…` is what you changed; one from `yours/…` to `updated/…` is
what `update` would.

Exit codes:
  0  there is no difference
  1  there are some
  2  it could not be found out";

/// Show what you changed in generated files, and what an update would.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder of the sinks, or one with a folder for each language.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// Only what you changed.
    #[arg(long, conflicts_with = "update")]
    yours: bool,
    /// Only what an update would.
    #[arg(long)]
    update: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let found = folders::find(&arguments.folder)?;
    folders::refuse_interrupted(&found)?;
    let all = folders::prepare(&context.assets, &found, &[], Intent::LOOK)?;
    let mut exit = Exit::Done;
    for (folder, prepared) in found.iter().zip(&all) {
        let yours = !arguments.update && show_yours(&mut context.console, folder, prepared)?;
        let update = !arguments.yours && show_update(&mut context.console, folder, prepared)?;
        if yours || update {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

fn show_yours(console: &mut Console, folder: &Folder, prepared: &Prepared) -> Result<bool> {
    let mut any = false;
    for (path, locked) in &folder.lock.files {
        let moved = prepared.moved.iter().find(|it| it.from == *path);
        let path = moved.map_or(path, |it| &it.to);
        if folder.lock.deleted.contains(path) || !folder.root.join(path).exists() {
            continue;
        }
        let now = folders::text(&folder.root, path)?;
        if !locked.claims(now.as_bytes()) {
            let base = locked.pristine()?;
            let now = now.replace("\r\n", "\n");
            show(console, ("generated", &base), ("yours", &now), path)?;
            any = true;
        }
    }
    Ok(any)
}

fn show_update(console: &mut Console, folder: &Folder, prepared: &Prepared) -> Result<bool> {
    let mut any = false;
    for change in prepared.emission.changes() {
        let path = &change.path;
        let planned = prepared.emission.planned(path);
        if path == lock::FILE_NAME {
            continue;
        }
        if change.state == FileState::Removed {
            let now = folders::text(&folder.root, path)?;
            show(console, ("yours", &now), ("updated", ""), path)?;
            any = true;
        } else if let Some(planned) = planned {
            let now = folders::text(&folder.root, path)?;
            show(console, ("yours", &now), ("updated", planned), path)?;
            any = true;
        }
    }
    Ok(any)
}

fn show(
    console: &mut Console,
    before: (&str, &str),
    after: (&str, &str),
    path: &str,
) -> Result<()> {
    let names = [before.0, after.0].map(|side| format!("{side}/{path}"));
    report::difference(console, (&names[0], before.1), (&names[1], after.1))
}
