//! `remove`: a sink, or all of them, out of a project again.

use std::path::PathBuf;

use super::folders::{self, Folder};
use super::{Context, Exit, Failure, Result, report};
use crate::diagnostics::Code;
use crate::project::guard::{Guard, PATIENCE};
use crate::project::prepare::{Dropped, Intent, Ordered, Prepared};
use crate::sink::{LoadedSink, load_provider, load_text};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen remove shop --provider loki
  fapilog-gen remove shop --all --dry-run

Takes out what the tool added and nobody edited since: files, entries of the manifest, entry points.
What somebody edited is left and named. `undo` takes it back.";

/// Take a sink out of a project again, or all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("which").required(true).args(["provider", "all"]))]
pub struct Args {
    /// Folder of the sinks, or one with a folder for each language.
    #[arg(default_value = ".", value_name = "FOLDER")]
    folder: PathBuf,
    /// The sink of this provider.
    #[arg(long, value_name = "ID")]
    provider: Option<String>,
    /// All sinks, and with them the tool's own lock.
    #[arg(long)]
    all: bool,
    /// Report what would be done and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let mut found = folders::find(&arguments.folder)?;
    let mut guards = Vec::new();
    if arguments.dry_run {
        folders::refuse_interrupted(&found)?;
    } else {
        for folder in &found {
            let guard = Guard::enter(&folder.root, PATIENCE)?;
            report::recovered(&mut context.console, &folder.root, &guard)?;
            guards.push(guard);
        }
        // What an interrupted run had taken out is there again.
        if guards.iter().any(|guard| guard.recovered) {
            found = folders::find(&arguments.folder)?;
        }
    }
    if let Some(id) = &arguments.provider {
        let ids: Vec<String> = ids(&found);
        found.retain(|folder| folder.lock.providers.contains_key(id));
        if found.is_empty() {
            let id = crate::diagnostics::escape(id);
            let message = format!("no sink of `{id}` in `{}`", arguments.folder.display());
            return Err(Failure::new(Code::UnknownName, message)
                .hint(format!("there are {}", ids.join(", "))));
        }
    }
    let dropped = match &arguments.provider {
        Some(id) => Some(load(context, &found, id)?),
        None => None,
    };
    let intent = Intent::Drop(match dropped {
        Some(_) => Dropped::Ordered,
        None => Dropped::All,
    });
    let ordered: Vec<Ordered> = dropped.iter().map(|it| Ordered::of(it, false)).collect();
    let all = folders::prepare(&context.assets, &found, &ordered, intent)?;
    context.console.outlive_reader();
    for (folder, prepared) in found.iter().zip(all) {
        remove(context, arguments, folder, prepared)?;
    }
    Ok(Exit::Done)
}

fn ids(folders: &[Folder]) -> Vec<String> {
    let ids = folders
        .iter()
        .flat_map(|folder| folder.lock.providers.keys());
    let mut ids: Vec<String> = ids.map(|id| format!("`{id}`")).collect();
    ids.sort();
    ids.dedup();
    ids
}

/// The spec of a sink that is there: its own where it came from a file.
fn load(context: &Context, folders: &[Folder], id: &str) -> Result<LoadedSink> {
    let mut providers = folders.iter().filter_map(|it| it.lock.providers.get(id));
    match providers.find_map(|provider| provider.spec.as_ref()) {
        Some(text) => Ok(load_text(&format!("spec of `{id}`"), text.as_bytes())?),
        None => Ok(load_provider(&context.assets, id)?),
    }
}

fn remove(
    context: &mut Context,
    arguments: &Args,
    folder: &Folder,
    prepared: Prepared,
) -> Result<()> {
    let console = &mut context.console;
    report::announce(console, &folder.root, &prepared, arguments.dry_run)?;
    let changes = prepared.emission.changes().to_vec();
    if !arguments.dry_run {
        console.flush()?;
        prepared.emission.write_undoable()?;
    }
    report::changed_files(console, &changes)
}
