//! `man`: manual pages, made from the same text as `--help`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap_mangen::Man;

use super::{Context, Exit, Failure, Result};
use crate::cli;
use crate::diagnostics::Code;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen man | man -l -
  fapilog-gen man --out man1";

/// Print the manual page, or write one page per command to a folder.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder for the pages of all commands.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let mut command = cli::command();
    command.build();
    let Some(folder) = &arguments.out else {
        let page = page(command).map_err(|error| {
            Failure::new(Code::System, "cannot render the manual page").because(error)
        })?;
        context.console.print(String::from_utf8_lossy(&page))?;
        return Ok(Exit::Done);
    };
    context.console.outlive_reader();
    for (name, page) in pages(&command) {
        let path = folder.join(&name);
        let page = page.and_then(|page| write(&path, &page));
        page.map_err(|error| {
            Failure::new(Code::System, format!("cannot write `{}`", path.display())).because(error)
        })?;
        context
            .console
            .report(format_args!("wrote {}", path.display()))?;
    }
    Ok(Exit::Done)
}

/// The program's page and one for each command, with their file names.
fn pages(command: &clap::Command) -> Vec<(String, io::Result<Vec<u8>>)> {
    let commands = command
        .get_subcommands()
        .filter(|command| command.get_name() != "help")
        .map(|command| {
            let name = format!("fapilog-gen-{}", command.get_name());
            (
                format!("{name}.1"),
                page(command.clone().display_name(name)),
            )
        });
    std::iter::once(("fapilog-gen.1".to_owned(), page(command.clone())))
        .chain(commands)
        .collect()
}

fn page(command: clap::Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // No date: the same program makes the same page.
    Man::new(command.disable_help_subcommand(true))
        .date("")
        .render(&mut page)?;
    Ok(page)
}

fn write(path: &Path, page: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, page)
}
