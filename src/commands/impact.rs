//! `impact`: what a change of a spec is for those who run its sink.

mod print;

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::folders::{self, Folder};
use super::{Context, Exit, Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::sink::impact::{Difference, impact};
use crate::sink::{LoadedSink, Sink, load_file_unproved, load_provider, load_text_with};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen impact old.yaml new.yaml
  fapilog-gen impact shop
  fapilog-gen impact shop my.yaml --format markdown

Held against each other are settings, defaults and environment variables, the requests of the worked
examples of both specs, what each answer means, and the limits. It breaks something when somebody who
runs the sink has to act, or when their backend gets something else than before.

Exit codes:
  0  nothing breaks
  1  something does
  2  it could not be found out";

/// Say what a change of a spec is for those who run its sink.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// A spec file, a built-in provider, or a folder with sinks: the specs they were made from.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The same for what is to come. May be left out behind a folder: then it is what `update` would
    /// make them from.
    #[arg(value_name = "NEW")]
    new: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
    /// For a pull request.
    Markdown,
}

/// What changes for one sink.
#[derive(Debug, Serialize)]
struct Report {
    id: String,
    old: String,
    new: String,
    breaking: bool,
    differences: Vec<Difference>,
}

impl Report {
    fn of(old: &Named, new: &Named) -> Self {
        let differences = impact(&old.sink, &new.sink);
        Self {
            id: new.sink.id.clone(),
            old: old.name.clone(),
            new: new.name.clone(),
            breaking: differences.iter().any(|it| it.breaking),
            differences,
        }
    }
}

/// A sink, and how it is called in a report.
struct Named {
    name: String,
    sink: Sink,
}

impl Named {
    fn of(loaded: LoadedSink) -> Self {
        Self {
            name: loaded.origin,
            sink: loaded.sink,
        }
    }
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let assets = &context.assets;
    let pairs = match &arguments.new {
        None => own(assets, &arguments.old)?,
        Some(new) => pairs(assets, &arguments.old, new)?,
    };
    let reports: Vec<Report> = pairs
        .iter()
        .map(|(old, new)| Report::of(old, new))
        .collect();
    let console = &mut context.console;
    match arguments.format {
        Format::Text => print::text(console, &reports)?,
        Format::Markdown => print::markdown(console, &reports)?,
        Format::Json => {
            let json = serde_json::to_string_pretty(&reports).map_err(|error| {
                Failure::new(Code::Input, "the report is no JSON").because(error)
            })?;
            console.line(json)?;
        }
    }
    Ok(if reports.iter().any(|it| it.breaking) {
        Exit::Findings
    } else {
        Exit::Done
    })
}

/// What sinks were made from, and what an update would make them from.
fn own(assets: &Assets, folder: &Path) -> Result<Vec<(Named, Named)>> {
    let found = folders::find(folder)?;
    let mut pairs: Vec<(Named, Named)> = Vec::new();
    for folder in &found {
        for (id, provider) in &folder.lock.providers {
            if pairs.iter().any(|(old, _)| old.sink.id == *id) {
                continue;
            }
            let old = locked(assets, folder, id)?;
            let new = match &provider.spec {
                Some(text) => load_text_with(&origin(folder, id), text.as_bytes(), assets)?,
                None => load_provider(assets, id)?,
            };
            pairs.push((old, Named::of(new)));
        }
    }
    Ok(pairs)
}

fn pairs(assets: &Assets, old: &Path, new: &Path) -> Result<Vec<(Named, Named)>> {
    if new.is_dir() {
        let hint = "name the folder first: `impact FOLDER NEW`";
        return Err(
            Failure::new(Code::Usage, format!("`{}` is a folder", new.display())).hint(hint),
        );
    }
    let new = load(assets, new)?;
    let old = if old.is_dir() {
        let id = new.sink.id.as_str();
        let found = folders::find(old)?;
        let mut all = found.iter();
        let folder = all.find(|folder| folder.lock.providers.contains_key(id));
        let folder = folder.ok_or_else(|| {
            Failure::new(
                Code::UnknownName,
                format!("no sink of `{id}` in `{}`", old.display()),
            )
            .hint("the spec's `id` says which sink it is held against")
        })?;
        locked(assets, folder, id)?
    } else {
        load(assets, old)?
    };
    Ok(vec![(old, new)])
}

/// A file where there is one; else a built-in provider.
fn load(assets: &Assets, path: &Path) -> Result<Named> {
    let word = path
        .to_str()
        .filter(|word| !word.contains(['/', '\\', '.']));
    match word {
        Some(id) if !path.exists() => Ok(Named::of(load_provider(assets, id)?)),
        // Its worked examples may be of before the change: `validate` says so.
        _ => Ok(Named::of(load_file_unproved(path, assets)?)),
    }
}

/// What the lock says that a sink was made from.
fn locked(assets: &Assets, folder: &Folder, id: &str) -> Result<Named> {
    let provider = &folder.lock.providers[id];
    let Some(from) = &provider.made_from else {
        let message = format!(
            "`{}` does not have the spec of `{id}`: it was written by an earlier version",
            folder.root.join(crate::project::lock::FILE_NAME).display()
        );
        let hint = "run `update`: from then on it is there; or name a spec file as OLD";
        return Err(Failure::new(Code::Usage, message).hint(hint));
    };
    let text = from.pristine()?;
    let loaded = load_text_with(&origin(folder, id), text.as_bytes(), assets)?;
    Ok(Named::of(loaded))
}

fn origin(folder: &Folder, id: &str) -> String {
    let lock = folder.root.join(crate::project::lock::FILE_NAME);
    format!("{} (spec of `{id}`)", lock.display())
}
