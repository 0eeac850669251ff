//! A service that logs through a sink until SIGTERM tells it to end, as an orchestrator does. Each
//! line of standard input is a number of events to write; the last line of the output is the sink's
//! report.
//!
//! Arguments: the URL of a Loki, the dead-letter file or `-`, the milliseconds it has for its end.

#[cfg(unix)]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::time::Duration;

    use cloud_sinks::cloud_sink_parts::layer::SinkLayer;
    use cloud_sinks::loki::{LokiSink, LokiSinkConfig};
    use tokio::io::{AsyncBufReadExt, BufReader};
    use tokio::signal::unix::{SignalKind, signal};
    use tracing_subscriber::prelude::*;

    let mut arguments = std::env::args().skip(1);
    let mut argument = || arguments.next().ok_or("three arguments are needed");
    let (url, dead_letters, within) = (argument()?, argument()?, argument()?.parse()?);
    let mut config = LokiSinkConfig::new(url);
    config.bearer_token = Some(fault_tests::TOKEN.into());
    config.delivery = fault_tests::delivery();
    config.delivery.batch_timeout = Duration::ZERO;
    config.delivery.dead_letter_path = (dead_letters != "-").then(|| dead_letters.into());
    let sink = LokiSink::start(config)?;
    tracing_subscriber::registry()
        .with(SinkLayer::new(sink.handle()))
        .init();

    let mut terminate = signal(SignalKind::terminate())?;
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let mut written = 0;
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            Ok(Some(line)) = lines.next_line() => {
                let count: u64 = line.parse()?;
                for id in written..written + count {
                    tracing::info!(id, "order placed");
                }
                written += count;
                println!("written");
            }
        }
    }
    let report = sink.stop(Duration::from_millis(within)).await;
    println!("{}", serde_json::to_string(&report)?);
    // The reading of standard input would keep the runtime from ending.
    std::process::exit(0);
}

#[cfg(not(unix))]
fn main() {}
