//! `new-sink`: the sink of a provider, as a crate or Python package of its own or within somebody's.

use std::path::{Path, PathBuf};

use super::console::STRONG;
use super::lang::{self, Lang};
use super::source::Source;
use super::{Console, Context, Exit, Result, report};
use crate::languages::{self, Place};
use crate::project::emit::FileState;
use crate::project::folder;
use crate::project::guard::{Guard, PATIENCE};
use crate::project::lock::Lock;
use crate::project::prepare::{Intent, Order, Ordered, Prepared, prepare_all};
use crate::sink::{SettingId, Sink};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen new-sink --provider datadog
  fapilog-gen new-sink --provider datadog --lang python
  fapilog-gen new-sink --provider loki --out sinks --dry-run
  fapilog-gen new-sink --spec my.yaml --out .

What is new is merged into files that somebody edited, as `update` does it; `--force` overwrites
them. A file that the tool did not write is never touched.";

/// Generate the sink of a provider: code, tests, an example program and a guide.
///
/// A new or empty folder becomes a crate or a Python project of its own. A folder with a
/// `Cargo.toml` gets modules under `src/sinks`, one with a `pyproject.toml` a package `sinks`; what
/// they depend on is merged into the manifest. A second provider joins those that are there.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Language of the sink [default: that of the folder, else rust]; `both` makes a folder for each.
    #[arg(long, value_name = "LANGUAGE", value_parser = lang::one_or_both())]
    lang: Option<Lang>,
    /// Folder to write to [default: `<id>-sink`].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Report what would be done and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// Overwrite files that somebody edited, write those again that somebody deleted, and write into a
    /// folder that holds other things.
    #[arg(long)]
    force: bool,
    /// Leave an existing manifest alone and print what to add.
    #[arg(long)]
    no_deps: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let loaded = arguments.source.load(&context.assets)?;
    let root = arguments
        .out
        .clone()
        .unwrap_or_else(|| default_folder(&loaded.sink.id));
    // `rust` and `python` say little: what lies there is named after the folder around them.
    let name = matches!(arguments.lang, Some(Lang::Both)).then(|| folder::folder_name(&root));
    let targets = match arguments.lang {
        Some(Lang::One(language)) => vec![(root, language)],
        Some(Lang::Both) => languages::ALL
            .into_iter()
            .map(|language| (root.join(language.name()), language))
            .collect(),
        None => {
            let language = folder::language(&root, Lock::read(&root)?.as_ref())?;
            vec![(root, language)]
        }
    };
    let mut guards = Vec::new();
    if !arguments.dry_run {
        for (root, _) in &targets {
            let guard = Guard::enter(root, PATIENCE)?;
            report::recovered(&mut context.console, root, &guard)?;
            guards.push(guard);
        }
    }
    // All folders are planned before the first is written.
    let orders: Vec<_> = targets
        .iter()
        .map(|(root, language)| Order {
            root,
            name: name.clone(),
            language: *language,
            sinks: vec![Ordered::of(&loaded, arguments.source.spec.is_some())],
            intent: Intent::Join {
                force: arguments.force,
                no_deps: arguments.no_deps,
            },
        })
        .collect();
    let prepared = prepare_all(&context.assets, &orders)?;
    for ((root, _), prepared) in targets.iter().zip(&prepared) {
        prepared.refuse_strangers(root)?;
    }
    context.console.outlive_reader();
    let mut exit = Exit::Done;
    for ((root, _), prepared) in targets.iter().zip(prepared) {
        if write(context, arguments, root, &loaded.sink, prepared)? == Exit::Findings {
            exit = Exit::Findings;
        }
    }
    Ok(exit)
}

fn write(
    context: &mut Context,
    arguments: &Args,
    root: &Path,
    sink: &Sink,
    prepared: Prepared,
) -> Result {
    let console = &mut context.console;
    report::announce(console, root, &prepared, arguments.dry_run)?;
    let changes = prepared.emission.changes().to_vec();
    if !arguments.dry_run {
        // What a person's manifest gets is shown before it happens, what became of files after it.
        console.flush()?;
        prepared.emission.write_undoable()?;
    }
    report::files(console, &changes)?;
    // Not a report: without them the sink does not build, and `--no-deps` asked for them.
    let manifest = prepared.place.language().manifest_name();
    for line in &prepared.manifest.left_to_do {
        console.line(format_args!("add to {manifest}: {line}"))?;
    }
    let nothing_new = [
        FileState::Unchanged,
        FileState::Kept,
        FileState::Deleted,
        FileState::Away,
    ];
    let anything_new = changes
        .iter()
        .any(|change| !nothing_new.contains(&change.state));
    if !arguments.dry_run && (anything_new || !prepared.undeclared.is_empty()) {
        let steps = NextSteps {
            root,
            sink,
            source: &arguments.source,
            place: &*prepared.place,
            undeclared: prepared.undeclared,
        };
        steps.print(console)?;
    }
    Ok(report::exit(&changes))
}

fn default_folder(id: &str) -> PathBuf {
    PathBuf::from(format!("{}-sink", id.replace('_', "-")))
}

/// What is left to a person.
struct NextSteps<'a> {
    root: &'a Path,
    sink: &'a Sink,
    source: &'a Source,
    place: &'a dyn Place,
    undeclared: Vec<String>,
}

impl NextSteps<'_> {
    fn print(&self, console: &mut Console) -> Result<()> {
        let heading = console.paint(STRONG, "next steps");
        console.report(format_args!("\n{heading}"))?;
        for line in &self.undeclared {
            console.report(format_args!("  {line}"))?;
        }
        if self.root != Path::new(".") {
            let folder = shell_word(&self.root.to_string_lossy());
            console.report(format_args!("  cd {folder}"))?;
        }
        for line in self.place.checks(self.root, self.sink) {
            console.report(format_args!("  {line}"))?;
        }
        for name in credentials(self.sink) {
            console.report(format_args!("  export {name}=…"))?;
        }
        let id = &self.sink.id;
        if let Some(line) = self.place.example(self.sink) {
            console.report(format_args!("  {line}"))?;
        }
        console.report(format_args!(
            "read docs/{id}.md; no account yet: `fapilog-gen mock {}` stands in for {}",
            self.source.options(),
            self.sink.title
        ))
    }
}

/// A text as one word of a shell.
fn shell_word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/\\._-+:=@%,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

/// The variables without which the sink does not start: required settings, and where credentials
/// are a must those of the first way to authenticate.
fn credentials(sink: &Sink) -> Vec<&str> {
    let mut needed: Vec<SettingId> = (0..sink.settings.len())
        .map(SettingId)
        .filter(|id| sink.setting(*id).is_required())
        .collect();
    if !sink.needed_credentials().is_empty() {
        needed.extend(
            sink.credentials
                .first()
                .map(Sink::settings_of)
                .unwrap_or_default(),
        );
    }
    let names = needed.iter().filter_map(|id| sink.setting(*id).env.first());
    let mut names: Vec<&str> = names.map(String::as_str).collect();
    let mut seen = std::collections::BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_a_shell_would_take_apart_is_quoted() {
        assert_eq!("sinks/loki-sink", shell_word("sinks/loki-sink"));
        assert_eq!("'my sink'", shell_word("my sink"));
        assert_eq!("'it'\\''s'", shell_word("it's"));
    }
}
