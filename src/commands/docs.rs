//! `docs`: the documentation site of this repository.

mod build;
mod check;
mod generator;
mod pages;
mod serve;

use std::env;
use std::path::PathBuf;

use super::{Context, Failure, Result, generate};
use crate::assets::Assets;
use crate::diagnostics::Code;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen docs build
  fapilog-gen docs serve --port 8001
  fapilog-gen docs check

Works on the repository that the current folder lies in. `check` needs nothing else; `build` and
`serve` use Zensical, a Python program, and install it into `target/docs` the first time.";

/// Make the documentation site from specs, types, templates and `docs/`.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Build(build::Args),
    Serve(serve::Args),
    Check(check::Args),
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let here = env::current_dir().map_err(|error| {
        Failure::new(Code::System, "cannot find the current folder").because(error)
    })?;
    let repository = Repository::new(generate::repository(&here, "docs")?);
    match &arguments.action {
        Action::Build(arguments) => build::run(context, &repository, arguments),
        Action::Serve(arguments) => serve::run(context, &repository, arguments),
        Action::Check(arguments) => check::run(context, &repository, arguments),
    }
}

/// The repository whose site it is.
#[derive(Debug)]
struct Repository {
    root: PathBuf,
}

impl Repository {
    fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Its specs and templates, as they are on disk.
    fn assets(&self) -> Assets {
        let folder = |name| self.root.join(name);
        Assets::with_overrides(Some(&folder("providers")), Some(&folder("templates")))
    }

    /// What is written by hand about the site: navigation, configuration, assets.
    fn site(&self) -> PathBuf {
        self.root.join("docs").join("site")
    }

    /// Where the site and what it is made with are.
    fn workshop(&self) -> PathBuf {
        self.root.join("target").join("docs")
    }
}
