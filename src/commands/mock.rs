//! `mock`: a local stand-in for a provider, until Ctrl-C.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use serde_json::json;
use tokio::runtime;

use super::console::{BAD, FAINT, GOOD, STRONG};
use super::source::Source;
use super::{Console, Context, Exit, Failure, Result, standin};
use crate::diagnostics::Code;
use crate::mock::{self, Arrival, Clients, Fault, Missed, MockOptions, MockServer, RequestSeen};
use crate::sink::Sink;

const EXAMPLES: &str = "\
Examples:
  fapilog-gen mock --provider datadog
  fapilog-gen mock --provider loki --listen 127.0.0.1:3100 --fault throttle:3 --fault slow:200
  fapilog-gen mock --provider cloudwatch --format ndjson > arrived.ndjson";

/// Run a strict local stand-in for a backend, to try a sink without an account.
///
/// It checks authentication, headers, encoding, structure and every limit, answers as the vendor
/// does, and shows what arrives. Programs find the same under `/__mock/records`,
/// `/__mock/requests` and `/__mock/stats`. It runs until Ctrl-C.
#[derive(Debug, clap::Args)]
#[command(after_help = standin::help(EXAMPLES))]
pub struct Args {
    #[command(flatten)]
    source: Source,
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Misbehave: one of the faults below. May be repeated.
    #[arg(long, value_name = "FAULT")]
    fault: Vec<Fault>,
    /// Take whatever the vendor takes, not the requests of this spec's sinks alone: for the vendor's own
    /// client and other programs. Records are any objects, query and headers are the client's own.
    #[arg(long)]
    any_client: bool,
    /// How to print what arrives: requests as a table, or requests and records as NDJSON.
    #[arg(long, value_name = "FORMAT", default_value = "table")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Table,
    /// For programs.
    Ndjson,
}

/// Runs the command.
pub fn run(context: &mut Context, arguments: &Args) -> Result {
    let sink = arguments.source.load(&context.assets)?.sink;
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    let runtime = runtime
        .map_err(|error| Failure::new(Code::System, "cannot start the stand-in").because(error))?;
    runtime.block_on(serve(&mut context.console, sink, arguments))
}

async fn serve(console: &mut Console, sink: Sink, arguments: &Args) -> Result {
    let options = MockOptions {
        listen: arguments.listen,
        clients: if arguments.any_client {
            Clients::Any
        } else {
            Clients::Sinks
        },
        faults: arguments.fault.clone(),
        ..MockOptions::default()
    };
    let sink = Arc::new(sink);
    let server = mock::start(Arc::clone(&sink), options)
        .await
        .map_err(|error| {
            Failure::new(
                Code::System,
                format!("cannot listen on {}", arguments.listen),
            )
            .because(error)
            .hint("choose another port with `--listen`, or leave it out to take a free one")
        })?;
    let mut arrivals = server.subscribe();
    // Before the address is told: whoever has read it may stop us at once.
    let interrupted = interrupted().map_err(|error| {
        Failure::new(Code::System, "cannot wait for a signal to stop").because(error)
    })?;
    introduce(console, &sink, &server, arguments.format)?;
    warn_beyond_loopback(console, &server)?;
    console.flush()?;
    let mut interrupted = std::pin::pin!(interrupted);
    loop {
        let arrival = tokio::select! {
            () = &mut interrupted => break,
            arrival = arrivals.next() => arrival,
        };
        match arrival {
            Some(Ok(arrival)) => show(console, &arrival, arguments.format)?,
            Some(Err(Missed(missed))) => {
                console.progress(format_args!("{missed} requests not shown"))?;
            }
            None => break,
        }
        console.flush()?;
    }
    finish(console, server, arguments.format).await
}

/// Listens for signals from now on; what it returns ends when somebody wants us to stop.
#[cfg(unix)]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Listens for Ctrl-C from now on; what it returns ends when somebody wants us to stop.
#[cfg(windows)]
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}

fn introduce(
    console: &mut Console,
    sink: &Sink,
    server: &MockServer,
    format: Format,
) -> Result<()> {
    let url = server.url();
    if format == Format::Ndjson {
        return console.progress(format_args!("{} stand-in on {url}", sink.title));
    }
    let title = console.paint(STRONG, format_args!("{} stand-in", sink.title));
    console.line(format_args!("{title} on {url}, Ctrl-C stops it"))?;
    console.report("\npoint a sink at it")?;
    for (name, value) in standin::variables(sink, &url) {
        console.report(format_args!("  export {name}={value}"))?;
    }
    offer_other_credentials(console, sink)?;
    console.report(format_args!(
        "\nread what arrived\n  curl {url}/__mock/records\n  curl {url}/__mock/stats\n"
    ))?;
    let header = format!(
        "{:>5} {:>6} {:>7} {:>7} {:>10} {:>10}  REQUEST",
        "NO", "STATUS", "RECORDS", "STORED", "WIRE", "BODY"
    );
    let header = console.paint(FAINT, header);
    console.report(header)
}

/// Says who else can reach a stand-in that listens for more than this machine.
fn warn_beyond_loopback(console: &mut Console, server: &MockServer) -> Result<()> {
    let address = server.address();
    if address.ip().is_loopback() {
        return Ok(());
    }
    console.warning(format_args!(
        "whoever reaches {address} can read what arrives and change the faults: `--listen 127.0.0.1:{}` keeps it to this machine",
        address.port()
    ))
}

/// Names the ways to authenticate after the first, which take its place.
fn offer_other_credentials(console: &mut Console, sink: &Sink) -> Result<()> {
    let Some((first, others)) = sink.credentials.split_first() else {
        return Ok(());
    };
    let first: Vec<_> = standin::credentials(sink, first)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    let first = first.join(" and ");
    for other in others {
        let variables = standin::credentials(sink, other);
        if variables.is_empty() {
            console.report("or without credentials")?;
        } else {
            console.report(format_args!("or, instead of {first},"))?;
        }
        for (name, value) in variables {
            console.report(format_args!("  export {name}={value}"))?;
        }
    }
    Ok(())
}

fn show(console: &mut Console, arrival: &Arrival, format: Format) -> Result<()> {
    if format == Format::Table {
        let row = row(console, &arrival.request);
        return console.report(row);
    }
    console.line(json!({ "request": arrival.request }))?;
    arrival
        .records
        .iter()
        .try_for_each(|record| console.line(json!({ "record": record })))?;
    if arrival.missed > 0 {
        let (missed, number) = (arrival.missed, arrival.request.number);
        console.progress(format_args!(
            "{missed} records of request {number} not shown"
        ))?;
    }
    Ok(())
}

fn row(console: &Console, request: &RequestSeen) -> String {
    let status = if request.status == 0 {
        "closed".to_owned()
    } else {
        request.status.to_string()
    };
    let style = if request.problem.is_none() && request.fault.is_none() {
        GOOD
    } else {
        BAD
    };
    let fault = request
        .fault
        .as_ref()
        .map(|fault| format!("  fault {fault}"));
    let problem = request
        .problem
        .as_ref()
        .map(|problem| format!("  {problem}"));
    format!(
        "{:>5} {} {:>7} {:>7} {:>10} {:>10}  {} {}{}{}",
        request.number,
        console.paint(style, format_args!("{status:>6}")),
        request.records,
        request.stored,
        request.wire_bytes,
        request.body_bytes,
        request.method,
        request.path,
        fault.unwrap_or_default(),
        problem.unwrap_or_default(),
    )
}

async fn finish(console: &mut Console, server: MockServer, format: Format) -> Result {
    let counters = server.counters();
    server.shutdown().await;
    if format == Format::Table {
        console.report(format_args!(
            "\n{} requests, {} records stored, {} refused, {} sent again after they were stored",
            counters.requests, counters.stored, counters.refused, counters.duplicates
        ))?;
    }
    Ok(Exit::Done)
}
