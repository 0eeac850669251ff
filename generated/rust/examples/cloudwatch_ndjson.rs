//! Ships NDJSON from standard input to Amazon `CloudWatch` Logs.
//!
//! Settings come from the environment. A line that is no event is counted and skipped. The last
//! line of the output is the sink's report, one JSON object.

use std::error::Error;
use std::io::{self, BufRead};
use std::process::ExitCode;
use std::time::Duration;

use cloud_sinks::cloud_sink_base::Event;
use cloud_sinks::cloudwatch::{CloudWatchSink, CloudWatchSinkConfig};
use serde_json::Value;

/// Longest wait for what is pending at the end.
const STOP_WITHIN: Duration = Duration::from_secs(30);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let sink = CloudWatchSink::start(CloudWatchSinkConfig::from_env()?)?;
    let mut skipped = 0_u64;
    for line in io::stdin().lock().lines() {
        match serde_json::from_str(&line?) {
            Ok(entry @ Value::Object(_)) => sink.write(&Event::from_json(entry)).await?,
            _ => skipped += 1,
        }
    }
    let report = sink.stop(STOP_WITHIN).await;
    if skipped > 0 {
        eprintln!("skipped {skipped} lines that are no events");
    }
    println!("{}", serde_json::to_string(&report)?);
    let is_complete = report.delivered == report.accepted;
    Ok(if is_complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
