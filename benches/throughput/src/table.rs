//! Starts every measurement in a process of its own and prints the medians as a table.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::{Failure, events};

const PROVIDERS: [&str; 2] = ["loki", "datadog"];

/// Settings of the measured process; the rest are the sink's defaults.
fn settings(port: u16) -> Vec<(&'static str, String)> {
    let url = format!("http://127.0.0.1:{port}");
    vec![
        ("LOKI_SINK_URL", url.clone()),
        ("DATADOG_SINK_URL", url),
        ("DATADOG_SINK_API_KEY", "example-api-key".to_owned()),
    ]
}

/// Prints a table of `runs` runs over `events` events; fails when one event is missing or double.
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
        let receiver = Receiver::start()?;
        let measured = child(&["send", provider, &events.to_string()], receiver.port)?;
        let found = receiver.verify()?;
        for (what, number) in [
            ("delivered", &measured["delivered"]),
            ("distinct", &found["distinct"]),
            ("records", &found["records"]),
        ] {
            if number.as_u64() != Some(events as u64) {
                return Err(format!(
                    "{provider}: {what} is {number}, not {events}: {measured} {found}"
                )
                .into());
            }
        }
        eprintln!("{provider}: {measured} {found}");
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

/// This program again, on the first core; what it prints.
fn child(arguments: &[&str], port: u16) -> Result<Value, Failure> {
    let output = on_core("0")?
        .args(arguments)
        .envs(settings(port))
        .stderr(Stdio::inherit())
        .output()?;
    if !output.status.success() {
        return Err(format!("{} ended with {}", arguments.join(" "), output.status).into());
    }
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// A command that starts this program pinned to one core.
fn on_core(core: &str) -> Result<Command, Failure> {
    let mut command = Command::new("taskset");
    command.args(["-c", core]).arg(std::env::current_exe()?);
    Ok(command)
}

/// A receiver on the second core; ended when dropped.
struct Receiver {
    process: Child,
    port: u16,
}

impl Receiver {
    fn start() -> Result<Self, Failure> {
        let mut process = on_core("1")?
            .arg("receiver")
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let stdout = process.stdout.take().ok_or("no output of the receiver")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line.trim().parse();
        let mut receiver = Self { process, port: 0 };
        receiver.port = port?;
        Ok(receiver)
    }

    fn verify(&self) -> Result<Value, Failure> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(b"GET /verify HTTP/1.1\r\n\r\n")?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let body = answer
            .split_once("\r\n\r\n")
            .ok_or("the receiver could not decode what arrived")?
            .1;
        Ok(serde_json::from_str(body)?)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn float(value: &Value) -> Result<f64, Failure> {
    value
        .as_f64()
        .ok_or_else(|| format!("no number: {value}").into())
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
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
