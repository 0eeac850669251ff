//! What an event costs that is not delivered, in microseconds, its writing included: 200,000 that
//! the provider refuses, and 100,000 that are pending when the sink must stop. The aim is 2 of CPU.
//!
//! `cargo run --release -p runtime-tests --example flood`

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use runtime_tests::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, DeliveryConfig, Encoder, Event, Group, HealthError, Level, Limits,
    Outcome, Record, RejectedItem, SinkParts, Timestamp, Transport,
};

/// A record of this length is what a log event usually makes.
const RECORD_BYTES: usize = 300;

/// What becomes of every event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Delivered,
    OutOfWindow,
    Refused,
    Pending,
}

struct Provider(Fate);

impl Transport for Provider {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match self.0 {
                Fate::Pending => std::future::pending().await,
                Fate::Refused => Outcome::Partial {
                    rejected: (0..batch.records.len())
                        .map(|index| RejectedItem::refused(index, "status 400: mapper error"))
                        .collect(),
                    retry: Vec::new(),
                },
                Fate::Delivered | Fate::OutOfWindow => Outcome::Delivered,
            }
        })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { Ok(()) })
    }
}

struct PlainEncoder;

impl Encoder for PlainEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        out.extend_from_slice(event.message.as_bytes());
        None
    }

    fn write_payload(&self, _: &[Record], _: &mut dyn Write) -> io::Result<()> {
        Ok(())
    }
}

fn parts(fate: Fate, dead_letters: Option<PathBuf>) -> SinkParts {
    SinkParts {
        name: "flood",
        encoder: Arc::new(PlainEncoder),
        transport: Box::new(move || Ok(Arc::new(Provider(fate)))),
        limits: Limits {
            max_batch_events: 10_000,
            max_batch_bytes: 10_000_000,
            max_event_bytes: 100_000,
            max_age: Some(Duration::from_secs(3_600)),
            ..Limits::UNLIMITED
        },
        delivery: DeliveryConfig {
            queue_max_events: 1_000_000,
            queue_max_bytes: usize::MAX,
            dead_letter_path: dead_letters,
            dead_letter_max_bytes: u64::MAX,
            ..DeliveryConfig::default()
        },
    }
}

fn measure(fate: Fate, events: u32, dead_letters: Option<&Path>) {
    let text = format!("{{\"text\":\"{}\"}}", "x\\\" y".repeat(RECORD_BYTES / 6));
    let now = std::time::SystemTime::now();
    let at = match fate {
        Fate::OutOfWindow => now - Duration::from_secs(7_200),
        Fate::Delivered | Fate::Refused | Fate::Pending => now,
    };
    let event = Event::new(Timestamp::from_system_time(at), Level::Info, text);
    let sink = CloudSink::start(parts(fate, dead_letters.map(Path::to_owned))).expect("a sink");
    let writing = (Instant::now(), cpu_seconds());
    for _ in 0..events {
        sink.try_write(&event).expect("room in the queue");
    }
    let (began, within) = match fate {
        Fate::Pending => ((Instant::now(), cpu_seconds()), Duration::ZERO),
        Fate::Delivered | Fate::OutOfWindow | Fate::Refused => (writing, Duration::from_secs(60)),
    };
    let report = sink.stop_blocking(within);
    let each = |seconds: f64| seconds * 1e6 / f64::from(events);
    let wall = each(began.0.elapsed().as_secs_f64());
    let cpu = began.1.zip(cpu_seconds());
    let cpu = cpu.map_or(f64::NAN, |(before, after)| each(after - before));
    assert!(report.is_balanced() && report.pending == 0, "{report:?}");
    let file = if dead_letters.is_some() { "file" } else { "-" };
    println!(
        "{:<12} {file:<5} {cpu:>6.2} µs CPU {wall:>6.2} µs wall",
        format!("{fate:?}")
    );
}

/// What the process has used so far, where the system says so.
fn cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // Behind the name in brackets, from the state on.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    // A tick is a hundredth of a second on every Linux.
    Some((user + system) / 100.0)
}

fn main() {
    let file = std::env::temp_dir().join(format!("flood-{}.ndjson", std::process::id()));
    for fate in [
        Fate::Delivered,
        Fate::OutOfWindow,
        Fate::Refused,
        Fate::Pending,
    ] {
        let events = if fate == Fate::Pending {
            100_000
        } else {
            200_000
        };
        measure(fate, events, None);
        measure(fate, events, Some(&file));
        // Nothing was written where all was delivered.
        let _ = std::fs::remove_file(&file);
    }
}
