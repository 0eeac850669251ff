//! `schema`: the JSON Schema of a spec, for editors.

use super::{Context, Exit, Result};
use crate::spec;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen schema
  fapilog-gen schema > provider.schema.json

An editor completes and checks a spec whose first line is
  # yaml-language-server: $schema=provider.schema.json";

/// Print the JSON Schema of a provider spec.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {}

/// Runs the command.
pub fn run(context: &mut Context, _: &Args) -> Result {
    context.console.print(text())?;
    Ok(Exit::Done)
}

/// The schema as a file: the one checked in and the one printed are the same.
#[must_use]
pub fn text() -> String {
    format!("{:#}\n", spec::schema())
}
