//! What nobody can be faster than: the sink's own encoding and compression, and nothing else.

use std::time::Instant;

use serde_json::json;
use sinks::cloud_sink_base::{Encoder, Event, Record};
use sinks::cloud_sink_parts::gzip;
use sinks::datadog::{DatadogEncoder, DatadogSinkConfig};
use sinks::loki::{LokiEncoder, LokiSinkConfig};

use crate::{Failure, events, usage};

/// Events in one body, as the sinks have it.
const BATCH: usize = 1_000;

/// Encodes and compresses on this thread and prints what it took, as JSON.
pub fn run(provider: &str, count: usize) -> Result<(), Failure> {
    let encoder: Box<dyn Encoder> = match provider {
        "loki" => Box::new(LokiEncoder::new(&LokiSinkConfig::from_env()?)),
        "datadog" => Box::new(DatadogEncoder::new(&DatadogSinkConfig::from_env()?)),
        _ => return Err("providers are loki and datadog".into()),
    };
    let events = events::entries(count)
        .map(Event::from_json)
        .collect::<Vec<_>>();

    let cpu = usage::cpu_seconds()?;
    let started = Instant::now();
    let bytes = encode(encoder.as_ref(), &events)?;
    println!(
        "{}",
        json!({
            "seconds": started.elapsed().as_secs_f64(),
            "cpu_seconds": usage::cpu_seconds()? - cpu,
            "bytes": bytes,
        })
    );
    Ok(())
}

/// Bytes of all bodies. A function of its own, so that a profiler can be pointed at it.
#[inline(never)]
fn encode(encoder: &dyn Encoder, events: &[Event]) -> Result<usize, Failure> {
    let mut bytes = 0;
    for batch in events.chunks(BATCH) {
        let records: Vec<_> = batch.iter().map(|event| record(encoder, event)).collect();
        bytes += gzip::compress(|out| encoder.write_payload(&records, out))?.len();
    }
    Ok(bytes)
}

fn record(encoder: &dyn Encoder, event: &Event) -> Record {
    let mut bytes = Vec::with_capacity(512);
    let group = encoder.encode(event, &mut bytes);
    Record {
        bytes: bytes.into_boxed_slice(),
        timestamp: event.timestamp,
        group,
        entry: None,
    }
}
