//! One measured run of one sink, in this process.

use std::time::{Duration, Instant};

use serde_json::json;
use sinks::cloud_sink_base::{CloudSink, DeliveryConfig, Event};
use sinks::datadog::{DatadogSink, DatadogSinkConfig};
use sinks::loki::{LokiSink, LokiSinkConfig};

use crate::{Failure, events, receiver, usage};

/// More than a record and its place in the queue take.
const EVENT_BYTES: usize = 1_024;

/// Longest the whole delivery may take.
const LIMIT: Duration = Duration::from_secs(120);

/// Ships `count` events through each sink and prints what it took, as JSON. The settings come from
/// the environment, as in service. With the port of a held receiver, the queue takes everything
/// before the first answer.
pub fn run(providers: &str, count: usize, held: Option<u16>) -> Result<(), Failure> {
    let events = events::entries(count)
        .map(Event::from_json)
        .collect::<Vec<_>>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;

    usage::reset_peak()?;
    let resident = usage::resident_mib()?;
    let cpu = usage::cpu_seconds()?;
    let started = Instant::now();

    let delivery = delivery(count, held.is_some());
    let sinks: Vec<CloudSink> = providers
        .split(',')
        .map(|provider| start(provider, delivery.clone()))
        .collect::<Result<_, _>>()?;
    let (mut delivered, mut requests) = (0, 0);
    runtime.block_on(async {
        for event in &events {
            for sink in &sinks {
                sink.write(event).await?;
            }
        }
        if let Some(port) = held {
            receiver::ask(port, "/release")?;
        }
        for sink in sinks {
            let report = sink.stop(LIMIT).await;
            delivered += report.delivered;
            requests += report.requests;
        }
        Ok::<_, Failure>(())
    })?;

    let seconds = started.elapsed().as_secs_f64();
    println!(
        "{}",
        json!({
            "seconds": seconds,
            "cpu_seconds": usage::cpu_seconds()? - cpu,
            "peak_mib": usage::peak_mib()? - resident,
            "queue_bound_mib": delivery.queue_max_bytes as f64 / f64::from(1 << 20),
            "delivered": delivered,
            "requests": requests,
        })
    );
    Ok(())
}

fn delivery(count: usize, is_held: bool) -> DeliveryConfig {
    let mut delivery = DeliveryConfig::default();
    if is_held {
        delivery.queue_max_events = count;
        delivery.queue_max_bytes = count * EVENT_BYTES;
    }
    delivery
}

fn start(provider: &str, delivery: DeliveryConfig) -> Result<CloudSink, Failure> {
    match provider {
        "loki" => {
            let mut config = LokiSinkConfig::from_env()?;
            config.delivery = delivery;
            Ok(LokiSink::start(config)?.into_inner())
        }
        "datadog" => {
            let mut config = DatadogSinkConfig::from_env()?;
            config.delivery = delivery;
            Ok(DatadogSink::start(config)?.into_inner())
        }
        _ => Err("providers are loki and datadog".into()),
    }
}
