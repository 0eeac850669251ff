//! A scripted provider, a plain encoder, and sinks made of them on paused time.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, Once, OnceLock};
use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, DeliveryConfig, Encoder, Event, Group, HealthError, Level, Limits,
    Outcome, Record, Report, SinkParts, Surroundings, Timestamp, Transport,
};
use runtime_tests::cloud_sink_parts::layer::SinkLayer;
use tokio::time::{Instant, sleep};
use tracing::Subscriber;
use tracing::field::{Field, Visit};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;

/// The day every test takes place.
pub const TODAY: i64 = 1_790_000_000_000_000_000;

/// What a scripted attempt does.
#[derive(Clone)]
pub enum Step {
    Answer(Outcome),
    AnswerAfter(Duration, Outcome),
    Hang,
    Panic,
}

/// One attempt as the provider saw it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub at: Instant,
    pub records: Vec<String>,
}

type Rule = Box<dyn Fn(&[String]) -> Step + Send + Sync>;

/// A provider that plays a list of steps, then follows a rule.
pub struct Script {
    steps: Mutex<VecDeque<Step>>,
    rule: Rule,
    seen: Mutex<Vec<Attempt>>,
    stored: Mutex<Vec<String>>,
}

impl Script {
    pub fn new(steps: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Self::with_rule(steps, |_| delivered())
    }

    pub fn always(rule: impl Fn(&[String]) -> Step + Send + Sync + 'static) -> Arc<Self> {
        Self::with_rule([], rule)
    }

    pub fn with_rule(
        steps: impl IntoIterator<Item = Step>,
        rule: impl Fn(&[String]) -> Step + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            steps: Mutex::new(steps.into_iter().collect()),
            rule: Box::new(rule),
            seen: Mutex::default(),
            stored: Mutex::default(),
        })
    }

    pub fn attempts(&self) -> Vec<Attempt> {
        self.seen.lock().unwrap().clone()
    }

    /// Records the provider stored, in the order it did.
    pub fn stored(&self) -> Vec<String> {
        self.stored.lock().unwrap().clone()
    }

    fn store(&self, records: &[String], outcome: &Outcome) {
        let mut stored = self.stored.lock().unwrap();
        match outcome {
            Outcome::Delivered => stored.extend_from_slice(records),
            Outcome::Partial { rejected, retry } => {
                let refused =
                    |i: &usize| retry.contains(i) || rejected.iter().any(|r| r.index == *i);
                stored.extend(
                    (0..records.len())
                        .filter(|i| !refused(i))
                        .map(|i| records[i].clone()),
                );
            }
            Outcome::Uncertain { failed, .. } => {
                let failed = failed.unwrap_or(records.len()).min(records.len());
                stored.extend_from_slice(&records[failed..]);
            }
            _ => {}
        }
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        let text = |record: &Record| String::from_utf8_lossy(&record.bytes).into_owned();
        let records: Vec<String> = batch.records.iter().map(text).collect();
        self.seen.lock().unwrap().push(Attempt {
            at: Instant::now(),
            records: records.clone(),
        });
        let next = self.steps.lock().unwrap().pop_front();
        let step = next.unwrap_or_else(|| (self.rule)(&records));
        Box::pin(async move {
            let outcome = match step {
                Step::Answer(outcome) => outcome,
                Step::AnswerAfter(delay, outcome) => {
                    sleep(delay).await;
                    outcome
                }
                Step::Hang => std::future::pending().await,
                Step::Panic => panic!("scripted"),
            };
            self.store(&records, &outcome);
            outcome
        })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { Err(HealthError::new("scripted")) })
    }
}

/// The message alone; an event's `group` becomes the record's.
pub struct PlainEncoder;

impl Encoder for PlainEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        out.extend_from_slice(event.message.as_bytes());
        event
            .data
            .get("group")
            .and_then(|group| group.as_str())
            .map(Group::from)
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        records
            .iter()
            .try_for_each(|record| out.write_all(&record.bytes))
    }
}

pub fn limits() -> Limits {
    trace_everything();
    Limits {
        max_batch_events: 10_000,
        max_batch_bytes: 1_000_000,
        max_event_bytes: 100_000,
        ..Limits::UNLIMITED
    }
}

/// Batches of ten, one second of linger.
pub fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 10,
        ..DeliveryConfig::default()
    }
}

pub fn parts(script: &Arc<Script>, limits: Limits, delivery: DeliveryConfig) -> SinkParts {
    let transport: Arc<dyn Transport> = Arc::clone(script) as Arc<dyn Transport>;
    SinkParts {
        name: "scripted",
        encoder: Arc::new(PlainEncoder),
        transport: Box::new(move || Ok(transport)),
        limits,
        delivery,
    }
}

/// A sink whose worker runs on the test's own runtime.
pub fn start(script: &Arc<Script>, limits: Limits, delivery: DeliveryConfig) -> CloudSink {
    start_seeded(script, limits, delivery, 7)
}

/// The same with jitter of its own.
pub fn start_seeded(
    script: &Arc<Script>,
    limits: Limits,
    delivery: DeliveryConfig,
    seed: u64,
) -> CloudSink {
    let surroundings = Surroundings {
        wall_clock: Box::new(|| Timestamp::from_unix_nanos(TODAY)),
        seed,
    };
    let (sink, worker) =
        CloudSink::assemble(parts(script, limits, delivery), surroundings).unwrap();
    tokio::spawn(worker.run());
    sink
}

pub fn event(message: impl Into<String>) -> Event {
    Event::new(Timestamp::from_unix_nanos(TODAY), Level::Info, message)
}

pub fn event_at(message: impl Into<String>, seconds: i64) -> Event {
    Event::new(
        Timestamp::from_unix_nanos(TODAY + seconds * 1_000_000_000),
        Level::Info,
        message,
    )
}

/// Writes events called `0`, `1`, …
pub async fn write_numbers(sink: &CloudSink, count: usize) {
    for number in 0..count {
        sink.write(&event(number.to_string())).await.unwrap();
    }
}

pub fn numbers(count: usize) -> Vec<String> {
    (0..count).map(|number| number.to_string()).collect()
}

/// Stops with time to spare; every event must be accounted for and none pending.
pub async fn finish(sink: &CloudSink, script: &Script) -> Report {
    finish_within(sink, script, Duration::from_secs(60)).await
}

pub async fn finish_within(sink: &CloudSink, script: &Script, within: Duration) -> Report {
    let report = sink.stop(within).await;
    assert_accounted(&report);
    assert!(
        report.delivered <= script.stored().len() as u64,
        "counted but not stored: {report:?}"
    );
    report
}

pub fn assert_accounted(report: &Report) {
    assert!(report.is_balanced(), "{report:?}");
    assert_eq!(0, report.pending, "{report:?}");
}

pub fn delivered() -> Step {
    Step::Answer(Outcome::Delivered)
}

pub fn transient() -> Step {
    Step::Answer(Outcome::Transient {
        retry_after: None,
        reason: "down".to_owned(),
    })
}

pub fn throttled(retry_after: Option<u64>) -> Step {
    Step::Answer(Outcome::Throttled {
        retry_after: retry_after.map(Duration::from_secs),
        reason: "slow down".to_owned(),
    })
}

pub fn rejected() -> Step {
    Step::Answer(Outcome::Rejected {
        reason: "bad".to_owned(),
    })
}

pub fn paused() -> Step {
    Step::Answer(Outcome::Paused {
        reason: "wrong key".to_owned(),
    })
}

pub fn split() -> Step {
    Step::Answer(Outcome::Split {
        reason: "too large".to_owned(),
    })
}

pub fn bisect() -> Step {
    Step::Answer(Outcome::Bisect {
        reason: "bad item".to_owned(),
    })
}

/// A new empty folder, unique to the calling test.
pub fn folder(test: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(test);
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir_all(&path).unwrap();
    path
}

/// Where the process-wide subscriber sends events, once a test says so.
pub static PROCESS_LAYER: OnceLock<SinkLayer> = OnceLock::new();

/// Reads every line, as a layer does that shows them, and forwards to [`PROCESS_LAYER`].
struct Relay;

/// Formats what it visits.
struct Reader;

impl Visit for Reader {
    fn record_debug(&mut self, _: &Field, value: &dyn fmt::Debug) {
        let _ = format!("{value:?}");
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Relay {
    fn on_event(&self, event: &tracing::Event<'_>, context: Context<'_, S>) {
        event.record(&mut Reader);
        if let Some(layer) = PROCESS_LAYER.get() {
            layer.on_event(event, context);
        }
    }
}

/// Installs a subscriber that is interested in everything before anything is traced: a callsite
/// met first by a thread without one, while another test installs its own, would stay silent.
fn trace_everything() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(Relay))
            .unwrap();
    });
}
