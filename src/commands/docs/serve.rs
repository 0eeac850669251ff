//! `docs serve`: the site while somebody writes at it, for this machine only.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, SystemTime};

use super::build::{Kind, stage};
use super::generator::{self, Generator};
use super::{Context, Failure, Repository, Result};
use crate::commands::Exit;
use crate::diagnostics::Code;

/// How often the sources are looked at.
const PAUSE: Duration = Duration::from_millis(400);

/// Serve the site on this machine, and bring it up to date whenever a source changes.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Port of 127.0.0.1.
    #[arg(long, value_name = "PORT", default_value_t = 8000)]
    port: u16,
    #[command(flatten)]
    generator: generator::Options,
}

/// Runs until it is ended.
pub fn run(context: &mut Context, repository: &Repository, arguments: &Args) -> Result {
    let mut seen = newest(repository);
    stage(repository, Kind::Served)?;
    let generator = Generator::find(context, repository, &arguments.generator)?;
    let mut server = generator.serve(&repository.workshop(), arguments.port)?;
    context
        .console
        .report(format_args!("http://127.0.0.1:{}/", arguments.port))?;
    context.console.flush()?;
    loop {
        let ended = server.try_wait().map_err(|error| {
            Failure::new(Code::System, "cannot wait for the server").because(error)
        })?;
        if let Some(status) = ended {
            return if status.success() {
                Ok(Exit::Done)
            } else {
                Err(
                    Failure::new(Code::Program, format!("the server ended: {status}"))
                        .hint("the port may be taken: give another with `--port`"),
                )
            };
        }
        thread::sleep(PAUSE);
        let now = newest(repository);
        if now != seen {
            seen = now;
            // Half-written specs and templates are what a writer's day is made of.
            if let Err(failure) = stage(repository, Kind::Served) {
                context.console.failure(&failure);
            }
        }
    }
}

/// When the newest source was written.
fn newest(repository: &Repository) -> Option<SystemTime> {
    [
        "docs",
        "providers",
        "templates",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
    ]
    .iter()
    .filter_map(|name| newest_of(&repository.root.join(name)))
    .max()
}

fn newest_of(path: &Path) -> Option<SystemTime> {
    let own = fs::metadata(path).and_then(|found| found.modified()).ok();
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    below
        .filter_map(|entry| newest_of(&entry.path()))
        .chain(own)
        .max()
}
