//! The processes of a measurement: this program again, pinned, and what it prints.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::{Failure, receiver};

/// Settings of the measured process; the rest are the sink's defaults.
fn settings(port: u16) -> Vec<(&'static str, String)> {
    let url = format!("http://127.0.0.1:{port}");
    vec![
        ("LOKI_SINK_URL", url.clone()),
        ("DATADOG_SINK_URL", url),
        ("DATADOG_SINK_API_KEY", "example-api-key".to_owned()),
    ]
}

/// Ships `events` events through each of `providers`, separated by commas, and returns what the
/// sending process printed. `is_held`: nothing is answered before everything is queued.
///
/// Fails when the receiver misses one event or has one twice.
pub fn send(providers: &str, events: usize, is_held: bool) -> Result<Value, Failure> {
    let receiver = Receiver::start(is_held)?;
    let (count, port) = (events.to_string(), receiver.port.to_string());
    let mut arguments = vec!["send", providers, &count];
    arguments.extend(is_held.then_some(port.as_str()));
    let measured = child(&arguments, receiver.port)?;
    let found = receiver.verify()?;
    let all = events * providers.split(',').count();
    for (what, number, expected) in [
        ("delivered", &measured["delivered"], all),
        ("distinct", &found["distinct"], events),
        ("records", &found["records"], all),
    ] {
        if number.as_u64() != Some(expected as u64) {
            return Err(format!(
                "{providers}: {what} is {number}, not {expected}: {measured} {found}"
            )
            .into());
        }
    }
    eprintln!("{providers}: {measured} {found}");
    Ok(measured)
}

/// This program again, on the first core; what it prints.
pub fn child(arguments: &[&str], port: u16) -> Result<Value, Failure> {
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
    fn start(is_held: bool) -> Result<Self, Failure> {
        let mut process = on_core("1")?
            .arg("receiver")
            .args(is_held.then_some("--held"))
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
        Ok(serde_json::from_str(&receiver::ask(self.port, "/verify")?)?)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A number of a measurement.
pub fn float(value: &Value) -> Result<f64, Failure> {
    value
        .as_f64()
        .ok_or_else(|| format!("no number: {value}").into())
}

pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
