//! `explain`: what a word of the tool's or a sink's output means.

use super::generate::pages;
use super::{Context, Exit, Failure, Result};
use crate::diagnostics::Code;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen explain unknown-key
  fapilog-gen explain retries_exhausted";

/// Explain an error code, a counter, or a reason for which a sink refuses or gives up events.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The word, as it is printed.
    #[arg(value_name = "WORD")]
    word: String,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    if let Some(text) = pages::explained(&context.assets, &arguments.word)? {
        context.console.print(text)?;
        return Ok(Exit::Done);
    }
    let mut known: Vec<String> = Code::ALL.map(|code| code.word().to_owned()).to_vec();
    known.extend(
        pages::ledger(&context.assets)?
            .into_iter()
            .map(|word| word.name),
    );
    known.sort_unstable();
    known.dedup();
    let word = crate::diagnostics::escape(&arguments.word);
    Err(Failure::new(
        Code::UnknownName,
        format!("nothing is known about `{word}`"),
    )
    .hint(format!("known words are {}", known.join(", "))))
}
