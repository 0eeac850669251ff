//! `validate`: all problems of all given specs.

use std::path::PathBuf;

use serde_json::json;

use super::console::GOOD;
use super::{Context, Exit, Failure, Format, Result};
use crate::diagnostics::{Diagnostics, escape};
use crate::sink::load_file;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen validate my.yaml
  fapilog-gen validate providers/datadog.yaml providers/loki.yaml --format json";

/// Check spec files: every problem of every file, with its line and what to do about it.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Spec files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// How to print it.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let mut problems = Diagnostics::default();
    for file in &arguments.files {
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
        context
            .console
            .line(format_args!("{:#}", json!(problems.to_json())))?;
        return Ok(Exit::of(&problems));
    }
    if problems.is_empty() {
        Ok(Exit::Done)
    } else {
        Err(Failure::Spec(problems))
    }
}
