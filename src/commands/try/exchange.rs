//! Running the built example against a stand-in.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::{env, thread};

use serde_json::Value;
use tokio::runtime;

use super::forget;
use crate::commands::entries::Entries;
use crate::commands::{Failure, Result, standin};
use crate::diagnostics::Code;
use crate::languages::Program;
use crate::mock::{self, Fault, MockOptions, Snapshot};
use crate::sink::Sink;

/// What to run with what.
#[derive(Debug)]
pub struct Request<'a> {
    pub program: Program,
    pub sink: Sink,
    pub entries: &'a Entries,
    pub dead_letters: PathBuf,
    pub faults: Vec<Fault>,
}

/// What came of it.
#[derive(Debug)]
pub struct Exchange {
    /// The sink's own report.
    pub report: Value,
    /// What the stand-in saw.
    pub seen: Snapshot,
    /// What the program had to say.
    pub said: String,
    /// What the sink wrote to its dead-letter file.
    pub dead_letters: String,
}

/// Ships the entries and waits for the sink to stop.
pub fn run(request: &Request) -> Result<Exchange> {
    forget(&request.dead_letters)?;
    // The stand-in works on the runtime's threads while this one waits for the program.
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.map_err(cannot_listen)?;
    let options = MockOptions {
        faults: request.faults.clone(),
        // Every record is looked at afterwards, those sent twice included.
        max_records: usize::MAX,
        max_bytes: usize::MAX,
        ..MockOptions::default()
    };
    let server = runtime
        .block_on(mock::start(Arc::new(request.sink.clone()), options))
        .map_err(cannot_listen)?;
    let output = ship(request, &server.url())?;
    let seen = server.snapshot();
    runtime.block_on(server.shutdown());
    let report = report(&output)?;
    Ok(Exchange {
        report,
        seen,
        said: said(&output.stderr),
        dead_letters: fs::read_to_string(&request.dead_letters).unwrap_or_default(),
    })
}

fn cannot_listen(error: io::Error) -> Failure {
    Failure::new(Code::System, "cannot start the stand-in on 127.0.0.1").because(error)
}

fn ship(request: &Request, url: &str) -> Result<Output> {
    let failed = |error| {
        Failure::new(
            Code::System,
            format!("cannot run `{}`", request.program.path.display()),
        )
        .because(error)
    };
    let mut child = command(request, url).spawn().map_err(failed)?;
    let input = child.stdin.take();
    thread::scope(|scope| {
        // Beside reading its output: neither side can then wait for the other.
        scope.spawn(|| {
            // A sink that stopped early says why in its report.
            input.map(|mut input| input.write_all(request.entries.text.as_bytes()))
        });
        child.wait_with_output().map_err(failed)
    })
}

/// The program sees nothing of our environment that could change where it ships to.
fn command(request: &Request, url: &str) -> Command {
    let mut command = Command::new(&request.program.path);
    command.env_clear();
    command.args(&request.program.arguments);
    command.envs(
        request
            .program
            .variables
            .iter()
            .map(|(name, value)| (name, value)),
    );
    command.envs(
        KEPT.iter()
            .filter_map(|name| Some((name, env::var_os(name)?))),
    );
    command.envs(standin::variables(&request.sink, url));
    let asks = |fault: &Fault| matches!(fault, Fault::Question(..));
    if request.faults.iter().any(asks) {
        // Without acknowledgements there is no question to misbehave at.
        command.envs(standin::acknowledgement(&request.sink));
    }
    command.env(
        dead_letter_variable(&request.sink.id),
        &request.dead_letters,
    );
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// Windows needs the first to open a socket; the others are for finding a fault.
const KEPT: [&str; 3] = ["SystemRoot", "RUST_LOG", "RUST_BACKTRACE"];

fn dead_letter_variable(id: &str) -> String {
    format!("{}_SINK_DEAD_LETTER_PATH", id.to_uppercase())
}

/// The last line of the program's output is the sink's report.
fn report(output: &Output) -> Result<Value> {
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text
        .lines()
        .rev()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    match serde_json::from_str(last) {
        Ok(report @ Value::Object(_)) => Ok(report),
        _ => Err(Failure::new(
            Code::Program,
            format!("the sink stopped without a report ({})", output.status),
        )
        .because(io::Error::other(match said(&output.stderr) {
            nothing if nothing.is_empty() => "it said nothing".to_owned(),
            words => words,
        }))),
    }
}

fn said(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    crate::diagnostics::escape(text.trim()).replace("\\n", "\n")
}
