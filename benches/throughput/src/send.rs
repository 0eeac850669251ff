//! One measured run of one sink, in this process.

use std::time::{Duration, Instant};

use serde_json::json;
use sinks::cloud_sink_base::{CloudSink, DeliveryConfig, Event};
use sinks::datadog::{DatadogSink, DatadogSinkConfig};
use sinks::loki::{LokiSink, LokiSinkConfig};

use crate::{Failure, events, usage};

/// Longest the whole delivery may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Ships and prints what it took, as JSON. The settings come from the environment, as in service.
pub fn run(provider: &str, count: usize) -> Result<(), Failure> {
    let events = events::entries(count)
        .map(Event::from_json)
        .collect::<Result<Vec<_>, _>>()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;

    usage::reset_peak()?;
    let resident = usage::resident_mib()?;
    let cpu = usage::cpu_seconds()?;
    let started = Instant::now();

    let sink = start(provider)?;
    let report = runtime.block_on(async {
        for event in &events {
            sink.write(event).await?;
        }
        Ok::<_, Failure>(sink.stop(LIMIT).await)
    })?;

    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "cpu_seconds": usage::cpu_seconds()? - cpu,
            "peak_mib": usage::peak_mib()? - resident,
            "queue_bound_mib": DeliveryConfig::default().queue_max_bytes as f64 / f64::from(1 << 20),
            "delivered": report.delivered,
            "requests": report.requests,
        })
    );
    Ok(())
}

fn start(provider: &str) -> Result<CloudSink, Failure> {
    match provider {
        "loki" => Ok(LokiSink::start(LokiSinkConfig::from_env()?)?.into_inner()),
        "datadog" => Ok(DatadogSink::start(DatadogSinkConfig::from_env()?)?.into_inner()),
        _ => Err("providers are loki and datadog".into()),
    }
}
