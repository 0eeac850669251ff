//! `validate`: all problems of all given specs, and those that can be settled.

use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};

use super::console::GOOD;
use super::{Console, Context, Exit, Failure, Format, Result, source};
use crate::assets::Assets;
use crate::diagnostics::{Code, Diagnostics, escape};
use crate::files::read_regular_text;
use crate::project::emit::{self, EmitError, Known, Policy};
use crate::project::guard::{Guard, PATIENCE};
use crate::project::merge::Conflict;
use crate::sink::fix::{self, Range};
use crate::sink::load_file;
use crate::spec::load::MAX_FILE_BYTES;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen validate my.yaml
  fapilog-gen validate my.yaml --fix
  fapilog-gen validate team-specs
  fapilog-gen validate providers/datadog.yaml providers/loki.yaml --format json

With `--format json` a problem has a `range`, in lines and characters from 1, and where one is known a
`fix`: what stands in that range then. Each was tried: with it the problem is gone. `--fix` makes those
that change no worked example.

Exit codes:
  0  every spec is valid
  1  some are not
  2  some could not be read";

/// Check spec files: every problem of every file, with its line and what to do about it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Spec files, or folders of them.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
    /// Settle what can be settled, in the files.
    #[arg(long)]
    fix: bool,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let mut files = Vec::new();
    for file in &arguments.files {
        if file.is_dir() {
            files.extend(source::specs(file)?);
        } else {
            files.push(file.clone());
        }
    }
    let mut problems = Diagnostics::default();
    for file in &files {
        if arguments.fix {
            settle(context, file)?;
        }
        match load_file(file) {
            Ok(loaded) if arguments.format == Format::Table => {
                let word = context.console.paint(GOOD, "valid");
                let origin = escape(&loaded.origin);
                context
                    .console
                    .report(format_args!("{word} {origin}: {}", loaded.sink.title))?;
            }
            Ok(_) => {}
            Err(found) => problems.extend(found),
        }
    }
    if arguments.format == Format::Json {
        let json = as_json(&problems, &files, &context.assets);
        context.console.line(format_args!("{json:#}"))?;
        return Ok(Exit::of(&problems));
    }
    if problems.is_empty() {
        Ok(Exit::Done)
    } else {
        Err(Failure::Spec(problems))
    }
}

/// The problems, each with its range and its fix.
fn as_json(problems: &Diagnostics, files: &[PathBuf], assets: &Assets) -> Json {
    let mut all = Vec::new();
    for file in files {
        let origin = file.display().to_string();
        let own = problems.0.iter().filter(|it| it.origin == origin).cloned();
        let own = Diagnostics(own.collect());
        // One that cannot be read has no places.
        let text = read_regular_text(file, MAX_FILE_BYTES).unwrap_or_default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let remedies = fix::fixes(text, &own, assets);
        for (found, fix) in own.0.iter().zip(remedies) {
            let mut one = json!(found);
            if let Some(range) = Range::of(found) {
                one["range"] = json!(range);
            }
            if let Some(fix) = fix {
                one["fix"] = json!(fix);
            }
            all.push(one);
        }
    }
    Json::Array(all)
}

/// Makes the safe fixes of a file.
fn settle(context: &mut Context, file: &Path) -> Result<()> {
    // What cannot be read is said by the check.
    let Ok(text) = read_regular_text(file, MAX_FILE_BYTES) else {
        return Ok(());
    };
    let bare = text.strip_prefix('\u{feff}');
    let origin = file.display().to_string();
    let (fixed, made) = fix::fixed(&origin, bare.unwrap_or(&text), &context.assets);
    if made.is_empty() {
        return Ok(());
    }
    let mark = if bare.is_some() { "\u{feff}" } else { "" };
    write(file, format!("{mark}{fixed}"))?;
    let console: &mut Console = &mut context.console;
    for fix in made {
        let word = console.paint(GOOD, "fixed");
        let (line, column) = (fix.range.start.line, fix.range.start.column);
        let (origin, title) = (escape(&origin), escape(&fix.title));
        console.report(format_args!("{word} {origin}:{line}:{column}: {title}"))?;
    }
    Ok(())
}

/// All or nothing, as generated files are written.
fn write(file: &Path, text: String) -> Result<()> {
    let real = file
        .canonicalize()
        .map_err(|error| EmitError::io("find", file, error))?;
    let (Some(folder), Some(name)) = (real.parent(), real.file_name().and_then(|it| it.to_str()))
    else {
        return Err(Failure::new(
            Code::System,
            format!("cannot write `{}`", file.display()),
        ));
    };
    let _guard = Guard::enter(folder, PATIENCE)?;
    let policy = Policy::Merge(Conflict::default());
    let mut emission = emit::compare_with(folder, &[], &Known::of(None), policy)?;
    emission.put(name, text)?;
    Ok(emission.write()?)
}
