//! Runs each sink, and its encoding alone, and prints the medians as a table.

use crate::process::{child, float, median, send};
use crate::{Failure, events};

const PROVIDERS: [&str; 2] = ["loki", "datadog"];

/// Prints a table of `runs` runs over `events` events.
pub fn run(events: usize, runs: usize) -> Result<(), Failure> {
    println!(
        "{events} events of {} bytes as JSON, median of {runs}, {}:\n",
        events::mean_bytes()?,
        machine()
    );
    println!("| what | events/s | CPU-s per 100,000 | peak MiB | of it queue bound | delivered |");
    println!("|---|---|---|---|---|---|");
    for provider in PROVIDERS {
        sink_row(provider, events, runs)?;
        encode_row(provider, events, runs)?;
    }
    Ok(())
}

fn sink_row(provider: &str, events: usize, runs: usize) -> Result<(), Failure> {
    let (mut rates, mut cpu, mut peaks, mut bound) = (Vec::new(), Vec::new(), Vec::new(), 0.0);
    for _ in 0..runs {
        let measured = send(provider, events, false)?;
        rates.push(events as f64 / float(&measured["seconds"])?);
        cpu.push(float(&measured["cpu_seconds"])? * 100_000.0 / events as f64);
        peaks.push(float(&measured["peak_mib"])?);
        bound = float(&measured["queue_bound_mib"])?;
    }
    println!(
        "| {provider} sink | {:.0} | {:.2} | {:.0} | {bound:.0} | 100 % |",
        median(&mut rates),
        median(&mut cpu),
        median(&mut peaks)
    );
    Ok(())
}

fn encode_row(provider: &str, events: usize, runs: usize) -> Result<(), Failure> {
    let (mut rates, mut cpu) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let measured = child(&["encode", provider, &events.to_string()], 9)?;
        rates.push(events as f64 / float(&measured["seconds"])?);
        cpu.push(float(&measured["cpu_seconds"])? * 100_000.0 / events as f64);
    }
    println!(
        "| {provider}, encode and gzip alone | {:.0} | {:.2} | | | |",
        median(&mut rates),
        median(&mut cpu)
    );
    Ok(())
}

/// Processor and number of cores, for the table's heading.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut models = info
        .lines()
        .filter_map(|line| line.strip_prefix("model name"));
    let model = models.next().map_or("unknown processor", |rest| {
        rest.trim_start_matches([' ', '\t', ':'])
    });
    format!("{model}, {} cores", models.count() + 1)
}
