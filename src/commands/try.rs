//! `try`: the whole way once. Generate a sink, build it, ship log lines through it into a local
//! stand-in, and account for every one of them.

mod account;
mod exchange;
mod verdict;

use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, fs};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};

use super::entries::Entries;
use super::source::Source;
use super::{Console, Context, Exit, Failure, Result, lang, standin};
use crate::diagnostics::Code;
use crate::languages::{self, Bench, Language, Place, Program};
use crate::mock::Fault;
use crate::project::prepare::{Intent, Order, Ordered, prepare};
use crate::sink::Sink;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen try --provider datadog
  fapilog-gen try --provider loki --input app.ndjson
  fapilog-gen try --provider datadog --lang python
  fapilog-gen try --provider cloudwatch --fault throttle:2 --fault reset

The sink and its build stay in fapilog-gen/ in your cache folder (~/.cache on Linux), so a second
run is fast, also of another provider. CARGO_TARGET_DIR is respected.";

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
    #[arg(long, value_name = "LANGUAGE", value_parser = lang::one(), default_value = languages::default().name())]
    lang: &'static dyn Language,
    /// NDJSON file with fapilog entries [default: a built-in sample of 200, dated to end now].
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Folder for the generated sink [default: try/ID or try/ID-python, of a `--spec` try/own/ID, in the cache folder].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Let the stand-in misbehave: one of the faults below. May be repeated.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
}

/// Where builds and tries lie, in the folder that the user's system has for what can be made again.
fn workshop() -> Result<PathBuf> {
    let strategy = choose_native_strategy().map_err(|error| {
        Failure::new(Code::System, "cannot find a cache folder")
            .because(error)
            .hint("set HOME, or XDG_CACHE_HOME, to a folder that can be written")
    })?;
    let workshop = strategy.cache_dir().join("fapilog-gen");
    fs::create_dir_all(&workshop).map_err(|error| {
        Failure::new(
            Code::System,
            format!("cannot make `{}`", workshop.display()),
        )
        .because(error)
        .hint("set XDG_CACHE_HOME to a folder that can be written")
    })?;
    Ok(workshop)
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let loaded = arguments.source.load(&context.assets)?;
    let sink = loaded.sink.clone();
    let entries = match &arguments.input {
        Some(path) => Entries::from_file(path)?,
        None => Entries::sample(&context.assets)?,
    };
    let here = env::current_dir().map_err(|error| {
        Failure::new(Code::System, "cannot find the current folder").because(error)
    })?;
    let workshop = workshop()?;
    let name = languages::suffixed(&sink.id, arguments.lang);
    let shown = arguments.out.clone().unwrap_or_else(|| {
        // A built-in sink and somebody's of the same id are not made into one another.
        let own = if arguments.source.spec.is_some() {
            "own"
        } else {
            ""
        };
        workshop.join("try").join(own).join(&name)
    });

    let ordered = Ordered::of(&loaded, arguments.source.spec.is_some());
    let place = generate(context, &shown, arguments.lang, ordered)?;
    let folders = (here.join(&shown), shown);
    let program = build(&mut context.console, &*place, &sink, &folders, &workshop)?;

    context.console.progress(format_args!(
        "shipping {} entries to the stand-in",
        entries.count()
    ))?;
    let dead_letters = workshop.join(format!("{name}.dead-letter.ndjson"));
    let request = exchange::Request {
        program,
        sink,
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
    language: &'static dyn Language,
    ordered: Ordered,
) -> Result<Box<dyn Place>> {
    let started = Instant::now();
    // Never forced: whoever edited the sink wants to see the edit tried.
    let order = Order {
        root,
        name: None,
        language,
        sinks: vec![ordered],
        intent: Intent::Join {
            force: false,
            no_deps: false,
        },
    };
    let prepared = prepare(&context.assets, &order)?;
    if !prepared.place.is_own() {
        return Err(Failure::new(
            Code::Project,
            format!("`{}` is a project of yours", root.display()),
        )
        .hint("`try` needs a folder of its own: leave out `--out`, or name a new folder"));
    }
    prepared.refuse_strangers(root)?;
    let files = prepared.emission.changes().len();
    prepared.emission.write()?;
    let took = started.elapsed().as_millis();
    context.console.progress(format_args!(
        "generated {files} files in {} in {took} ms",
        root.display()
    ))?;
    Ok(prepared.place)
}

/// Makes the example in a folder, which is given as it is and as a person knows it, ready to run.
fn build(
    console: &mut Console,
    place: &dyn Place,
    sink: &Sink,
    (root, shown): &(PathBuf, PathBuf),
    workshop: &Path,
) -> Result<Program> {
    let is_shown = !console.is_quiet();
    let mut said = Ok(());
    let mut say = |text: &str| {
        if said.is_ok() {
            said = console.progress(text);
        }
    };
    let mut bench = Bench {
        root,
        shown,
        workshop,
        is_shown,
        say: &mut say,
    };
    let built = place.build_example(sink, &mut bench);
    said?;
    Ok(built?)
}

/// Removes the result of an earlier run, so that it is not taken for one of this run.
fn forget(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::new(
            Code::System,
            format!("cannot remove `{}`", path.display()),
        )
        .because(error)),
    }
}
