//! Whether an event costs more the more there are: of events, of batches that wait behind a provider
//! that does not answer, of sinks in one process.

use crate::Failure;
use crate::process::{float, median, send};

/// Prints CPU time for one to eight times `events`.
pub fn run(events: usize, runs: usize) -> Result<(), Failure> {
    println!("CPU s per 100,000 events, median of {runs}:\n");
    println!("| what | {events} | x 2 | x 4 | x 8 |");
    println!("|---|---|---|---|---|");
    for provider in ["loki", "datadog"] {
        row(
            &format!("{provider}, delivered as they come"),
            runs,
            |times| (provider.to_owned(), events * times, false),
        )?;
        row(
            &format!("{provider}, all queued before the first answer"),
            runs,
            |times| (provider.to_owned(), events * times, true),
        )?;
    }
    row(
        "as many sinks in one process, Loki and Datadog in turn",
        runs,
        |times| {
            let sinks: Vec<_> = ["loki", "datadog"]
                .into_iter()
                .cycle()
                .take(times)
                .collect();
            (sinks.join(","), events, false)
        },
    )
}

/// One row: what to send for each factor.
fn row(
    title: &str,
    runs: usize,
    what: impl Fn(usize) -> (String, usize, bool),
) -> Result<(), Failure> {
    let mut line = format!("| {title} |");
    for times in [1, 2, 4, 8] {
        let (providers, events, is_held) = what(times);
        let all = events * providers.split(',').count();
        let mut cpu = Vec::new();
        for _ in 0..runs {
            let measured = send(&providers, events, is_held)?;
            cpu.push(float(&measured["cpu_seconds"])? * 100_000.0 / all as f64);
        }
        line += &format!(" {:.2} |", median(&mut cpu));
    }
    println!("{line}");
    Ok(())
}
