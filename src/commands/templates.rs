//! `templates`: the templates that come with the program, to be changed and used instead.

use std::path::PathBuf;

use super::{Context, Exit, Failure, Result};
use crate::assets::{Assets, embedded_templates};
use crate::diagnostics::Code;
use crate::project::emit::{self, FileState, Known, Policy};
use crate::project::guard::{Guard, PATIENCE};
use crate::project::merge::Conflict;
use crate::project::render::RenderedFile;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen templates export my-templates
  fapilog-gen --templates my-templates templates check
  fapilog-gen --templates my-templates update shop";

/// The templates that come with the program: write them to a folder, or check one.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    Export(Export),
    Check(Check),
}

/// Write the templates to a folder, for `--templates`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  fapilog-gen templates export my-templates")]
struct Export {
    /// A folder that is new or empty.
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
}

/// Print every built-in sink in every language with the templates of `--templates`.
///
/// Says which template is missing or cannot be filled; that the output is good code is for its own
/// compiler to say.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  fapilog-gen --templates my-templates templates check")]
struct Check {}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    match &arguments.action {
        Action::Export(arguments) => export(context, arguments),
        Action::Check(Check {}) => check(context),
    }
}

fn export(context: &mut Context, arguments: &Export) -> Result {
    let root = &arguments.folder;
    let guard = Guard::enter(root, PATIENCE)?;
    let files: Vec<RenderedFile> = embedded_templates()
        .map(|(path, text)| RenderedFile {
            path: path.to_owned(),
            contents: text.into(),
        })
        .collect();
    let policy = Policy::Merge(Conflict::default());
    let emission = emit::compare_with(root, &files, &Known::of(None), policy)?;
    let count = |state| emission.paths_of(state).count();
    if count(FileState::NotOurs) > 0 {
        let first = emission
            .paths_of(FileState::NotOurs)
            .next()
            .unwrap_or_default();
        let message = format!(
            "`{}` is there already, and is another",
            root.join(first).display()
        );
        let hint = "name a new folder: what you changed there is not overwritten";
        return Err(Failure::new(Code::Project, message).hint(hint));
    }
    let created = count(FileState::Created);
    emission.write()?;
    drop(guard);
    let folder = root.display();
    context.console.report(format_args!(
        "{created} files in {folder}; `--templates {folder}` uses them"
    ))?;
    Ok(Exit::Done)
}

fn check(context: &mut Context) -> Result {
    let assets: &Assets = &context.assets;
    let count = crate::project::templates::check(assets)?;
    context
        .console
        .report(format_args!("{count} files printed, nothing written"))?;
    Ok(Exit::Done)
}
