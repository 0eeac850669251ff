//! `completions`: what a shell needs to complete our words.

use clap::builder::PossibleValuesParser;
use clap_complete::Shell;

use super::{Context, Exit, Result};
use crate::cli;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen completions bash > ~/.local/share/bash-completion/completions/fapilog-gen
  fapilog-gen completions zsh > ~/.zfunc/_fapilog-gen
  fapilog-gen completions fish > ~/.config/fish/completions/fapilog-gen.fish";

/// Print a completion script for a shell.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    // The script is all that this process makes: its words may stay until the end.
    let ids: Vec<&'static str> = context
        .assets
        .provider_ids()
        .into_iter()
        .map(|id| &*id.leak())
        .collect();
    let mut command = cli::command().mut_subcommands(|command| {
        command.mut_args(|argument| match argument.get_id().as_str() {
            "provider" | "id" => argument.value_parser(PossibleValuesParser::new(&ids)),
            _ => argument,
        })
    });
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "fapilog-gen", &mut script);
    context.console.print(String::from_utf8_lossy(&script))?;
    Ok(Exit::Done)
}
