//! `spec new`: a spec of one's own to start from.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use time::OffsetDateTime;

use super::console::{GOOD, NOTABLE};
use super::{Console, Context, Exit, Failure, Result};
use crate::diagnostics::Code;
use crate::files::read_regular_text;
use crate::sink::draft::{self, Example, MARK, MAX_EXAMPLE_BYTES};

const EXAMPLES: &str = "\
Examples:
  fapilog-gen spec new acme
  fapilog-gen spec new inhouse --extends datadog
  fapilog-gen spec new vendor --from-curl example.sh
  fapilog-gen spec new recorded --from-har recorded.har

`--from-curl -` reads the command from standard input. What the example says in confidence becomes a
setting and is not copied; what it does not say stands behind LOOK UP.";

/// Start a spec of your own.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    New(New),
}

/// Write a spec that validates: from nothing, from a built-in one, or from an example request.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
#[command(group = clap::ArgGroup::new("from").args(["extends", "from_curl", "from_har"]))]
struct New {
    /// Name on the command line and of modules: lower case, digits and `_`.
    #[arg(value_name = "ID")]
    id: String,
    /// Start from a built-in provider.
    #[arg(long, value_name = "ID")]
    extends: Option<String>,
    /// A file with a `curl` command of the vendor's documentation; `-` is standard input.
    #[arg(long, value_name = "FILE")]
    from_curl: Option<PathBuf>,
    /// A HAR file: the first request in it that has a body.
    #[arg(long, value_name = "FILE")]
    from_har: Option<PathBuf>,
    /// File to write [default: `<id>.yaml`]; `-` is standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let Action::New(arguments) = &arguments.action;
    let console = &mut context.console;
    let text = if let Some(base) = &arguments.extends {
        draft::extending(&arguments.id, base, &context.assets)?
    } else {
        let example = example(console, arguments)?;
        draft::from_example(&arguments.id, &example, &today(), &context.assets)?
    };
    let default = PathBuf::from(format!("{}.yaml", arguments.id));
    let path = arguments.out.as_ref().unwrap_or(&default);
    if path == Path::new("-") {
        console.line(text.trim_end())?;
        return Ok(Exit::Done);
    }
    write(path, &text)?;
    let marks = text.matches(MARK).count();
    let shown = path.display();
    let word = console.paint(GOOD, "written");
    console.report(format_args!("{word} {shown}"))?;
    if marks > 0 {
        let word = console.paint(NOTABLE, "to do");
        console.report(format_args!(
            "  {word} {marks} places behind `{}`",
            &MARK[2..]
        ))?;
    }
    console.report(format_args!("next: `fapilog-gen preview --spec {shown}`"))?;
    Ok(Exit::Done)
}

fn example(console: &mut Console, arguments: &New) -> Result<Example> {
    if let Some(path) = &arguments.from_curl {
        return Ok(draft::from_curl(&read(path)?)?);
    }
    let Some(path) = &arguments.from_har else {
        return Ok(Example::of_nobody());
    };
    let (example, count) = draft::from_har(&read(path)?)?;
    if count > 1 {
        console.report(format_args!("the first of {count} requests with a body"))?;
    }
    Ok(example)
}

fn read(path: &Path) -> Result<String> {
    let read = if path == Path::new("-") {
        from_standard_input()
    } else {
        read_regular_text(path, MAX_EXAMPLE_BYTES)
    };
    read.map_err(|error| {
        Failure::new(Code::System, format!("cannot read `{}`", path.display())).because(error)
    })
}

fn from_standard_input() -> io::Result<String> {
    let mut text = String::new();
    let limit = MAX_EXAMPLE_BYTES as u64 + 1;
    io::stdin().lock().take(limit).read_to_string(&mut text)?;
    if text.len() > MAX_EXAMPLE_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    Ok(text)
}

/// A file that is there already is a person's.
fn write(path: &Path, text: &str) -> Result<()> {
    let fail = |error: io::Error| {
        let failure = Failure::new(Code::System, format!("cannot write `{}`", path.display()));
        if error.kind() == io::ErrorKind::AlreadyExists {
            failure
                .because(error)
                .hint("name another file with `--out`; what is there is not overwritten")
        } else {
            failure.because(error)
        }
    };
    let mut file = File::create_new(path).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(|error| {
        // Half a spec is none.
        match fs::remove_file(path) {
            Ok(()) => fail(error),
            Err(left) => fail(left),
        }
    })
}

fn today() -> String {
    let today = OffsetDateTime::now_utc().date();
    format!(
        "{:04}-{:02}-{:02}",
        today.year(),
        u8::from(today.month()),
        today.day()
    )
}
