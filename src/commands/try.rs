//! `try`: the whole way once. Generate a sink, build it, ship log lines through it into a local
//! stand-in, and account for every one of them.

mod account;
mod build;
mod entries;
mod exchange;
mod python;
mod verdict;

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use self::entries::Entries;
use super::output::{Order, Ordered, prepare};
use super::source::Source;
use super::{Context, Exit, Failure, Result, standin};
use crate::mock::Fault;
use crate::project::lock::LockedLayout;
use crate::project::plan::Language;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen try --provider datadog
  fapilog-gen try --provider loki --input app.ndjson
  fapilog-gen try --provider datadog --lang python
  fapilog-gen try --provider cloudwatch --fault throttle:2 --fault reset

The build is kept in target/fapilog-gen, so a second run is fast.";

/// Generate a sink, build it, and ship log lines through it into a local stand-in.
///
/// Needs cargo, or Python 3.10 for `--lang python`, and no account. Prints what became of every line
/// and one record as it looked on the wire; exits with 1 when a line is not accounted for.
#[derive(Debug, clap::Args)]
#[command(after_help = standin::help(EXAMPLES))]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Language of the sink.
    #[arg(long, value_name = "LANGUAGE", default_value = "rust")]
    lang: Language,
    /// NDJSON file with fapilog entries [default: a built-in sample of 200, dated to end now].
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Folder for the generated sink [default: target/fapilog-gen/try/ID, or ID-python].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Let the stand-in misbehave: one of the faults below. May be repeated.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
}

/// Where builds and tries lie, below the current folder's `target`.
const WORKSHOP: &str = "target/fapilog-gen";

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let loaded = arguments.source.load(&context.assets)?;
    let spec = loaded.spec.clone();
    let entries = match &arguments.input {
        Some(path) => Entries::from_file(path)?,
        None => Entries::sample(&context.assets)?,
    };
    let here = env::current_dir()
        .map_err(|error| Failure::new("cannot find the current folder").because(error))?;
    let workshop = here.join(WORKSHOP);
    let name = match arguments.lang {
        Language::Rust => spec.id.clone(),
        Language::Python => format!("{}-python", spec.id),
    };
    let shown = arguments
        .out
        .clone()
        .unwrap_or_else(|| Path::new(WORKSHOP).join("try").join(&name));

    let ordered = Ordered {
        loaded,
        from_file: arguments.source.spec.is_some(),
    };
    generate(context, &shown, arguments.lang, ordered)?;
    let (console, root) = (&mut context.console, here.join(&shown));
    let program = match arguments.lang {
        Language::Rust => {
            build::example(console, &root, &shown, &workshop.join("build"), &spec.id)?
        }
        Language::Python => python::example(console, &root, &workshop, &spec)?,
    };

    context.console.progress(format_args!(
        "shipping {} entries to the stand-in",
        entries.count()
    ))?;
    let dead_letters = workshop.join(format!("{name}.dead-letter.ndjson"));
    let request = exchange::Request {
        program,
        spec,
        entries: &entries,
        dead_letters,
        faults: arguments.fault.clone(),
    };
    let exchange = exchange::run(&request)?;
    let account = account::settle(&entries, &exchange);
    verdict::print(&mut context.console, &request, &exchange, &account)?;
    Ok(if account.is_complete() {
        Exit::Done
    } else {
        Exit::Findings
    })
}

fn generate(
    context: &mut Context,
    root: &Path,
    language: Language,
    ordered: Ordered,
) -> Result<()> {
    let started = Instant::now();
    // Never forced: whoever edited the sink wants to see the edit tried.
    let order = Order {
        root,
        name: None,
        language,
        specs: vec![ordered],
        force: false,
        no_deps: false,
    };
    let prepared = prepare(&context.assets, order)?;
    if let LockedLayout::Modules | LockedLayout::Subpackage = prepared.layout {
        return Err(
            Failure::new(format!("`{}` is a project of yours", root.display()))
                .hint("`try` needs a folder of its own: leave out `--out`, or name a new folder"),
        );
    }
    let files = prepared.emission.changes().len();
    prepared.emission.write()?;
    let took = started.elapsed().as_millis();
    context.console.progress(format_args!(
        "generated {files} files in {} in {took} ms",
        root.display()
    ))
}

/// Removes the result of an earlier run, so that it is not taken for one of this run.
fn forget(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => {
            Err(Failure::new(format!("cannot remove `{}`", path.display())).because(error))
        }
    }
}
