//! `generate`: everything in the repository that is made from `providers/` and `templates/`.

pub(super) mod outputs;
pub(super) mod pages;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use similar::TextDiff;

use self::outputs::Output;
use super::console::{BAD, FAINT, GOOD};
use super::{Context, Exit, Failure, Result};
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::project::emit::FileState;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen generate
  fapilog-gen generate --check

Works on the repository that the current folder lies in: the nearest folder with `providers` and
`templates`. Files there are overwritten; version control has what they were.";

/// Lines of a difference shown for one file.
const DIFF_LINES: usize = 12;

/// Write the generated files of this repository: reference crate, guides, schema and reference.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Write nothing; name each file that is not as it would be generated, and exit with 1.
    #[arg(long)]
    check: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let here = env::current_dir().map_err(|error| {
        Failure::new(Code::System, "cannot find the current folder").because(error)
    })?;
    let root = repository(&here, "generate")?;
    let assets =
        Assets::with_overrides(Some(&root.join("providers")), Some(&root.join("templates")));
    let outputs = outputs::all(&assets, &root)?;
    if arguments.check {
        check(context, &root, &outputs)
    } else {
        write(context, outputs)
    }
}

/// The folder that holds everything `command` works on.
pub(super) fn repository(here: &Path, command: &str) -> Result<PathBuf> {
    let found = here
        .ancestors()
        .find(|folder| folder.join("providers").is_dir() && folder.join("templates").is_dir());
    found.map(Path::to_path_buf).ok_or_else(|| {
        Failure::new(Code::Project, format!("`{}` is not in a repository with `providers` and `templates`", here.display()))
            .hint(format!("`{command}` is for the tool's own repository; for a sink of yours use `fapilog-gen new-sink`"))
    })
}

fn write(context: &mut Context, outputs: Vec<Output>) -> Result {
    let console = &mut context.console;
    console.outlive_reader();
    let mut changed = 0;
    let mut total = 0;
    for output in outputs {
        let files: Vec<_> = output
            .emission
            .changes()
            .iter()
            .map(|change| (change.state, output.path_of(change)))
            .collect();
        output.emission.write()?;
        total += files.len();
        for (state, path) in files {
            if state != FileState::Unchanged {
                changed += 1;
                let word = console.paint(GOOD, format_args!("{:9}", state.word()));
                console.report(format_args!("{word} {path}"))?;
            }
        }
    }
    console.report(format_args!("{total} files, {changed} changed"))?;
    Ok(Exit::Done)
}

fn check(context: &mut Context, root: &Path, outputs: &[Output]) -> Result {
    let mut out_of_date = Vec::new();
    for output in outputs {
        for change in output.emission.changes() {
            if let Some(word) = change.state.finding() {
                out_of_date.push(output.path_of(change));
                let word = context.console.paint(BAD, format_args!("{word:9}"));
                context
                    .console
                    .line(format_args!("{word} {}", output.path_of(change)))?;
                show_difference(context, root, output, &change.path)?;
            }
        }
    }
    let message = match out_of_date.as_slice() {
        [] => {
            let files: usize = outputs
                .iter()
                .map(|output| output.emission.changes().len())
                .sum();
            context
                .console
                .report(format_args!("{files} generated files are up to date"))?;
            return Ok(Exit::Done);
        }
        [path] => format!("{path} is out of date"),
        paths => format!("{} generated files are out of date", paths.len()),
    };
    let failure =
        Failure::new(Code::Stale, message).hint("run `cargo run -- generate` and review the diff");
    Err(failure.exiting_with(Exit::Findings))
}

/// The first lines of the difference between a file and what it would be. A lock is no reading
/// matter.
fn show_difference(context: &mut Context, root: &Path, output: &Output, path: &str) -> Result<()> {
    let Some(planned) = output
        .emission
        .planned(path)
        .filter(|_| !path.ends_with(crate::project::lock::FILE_NAME))
    else {
        return Ok(());
    };
    let Ok(current) = fs::read_to_string(root.join(&output.folder).join(path)) else {
        return Ok(());
    };
    let diff = TextDiff::from_lines(current.as_str(), planned)
        .unified_diff()
        .context_radius(1)
        .to_string();
    for line in diff.lines().take(DIFF_LINES) {
        let line = crate::diagnostics::escape(line);
        let line = context
            .console
            .paint(if line.starts_with('+') { GOOD } else { FAINT }, line);
        context.console.line(format_args!("  {line}"))?;
    }
    if diff.lines().count() > DIFF_LINES {
        context.console.line("  …")?;
    }
    Ok(())
}
