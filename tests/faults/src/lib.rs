//! A generated sink before the stand-in of its provider, and what every ending must satisfy.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use cloud_sinks::cloud_sink_base::{CloudSink, DeliveryConfig, Event, Level, Report, Timestamp};
use cloud_sinks::cloudwatch::{CloudWatchSink, CloudWatchSinkConfig};
use cloud_sinks::loki::{LokiSink, LokiSinkConfig};
use fapilog_gen::mock::{Fault, MockOptions, MockServer, Snapshot, start};
use fapilog_gen::sink::load_file;
use serde_json::Value;

/// Text that escaping could change, in every event.
const TEXT: &str = "q\" b\\ n\n t\t \u{1} é 漢 \u{1f4a9} {x} %s </script>";

/// What the stand-in takes as Loki's token; must not appear anywhere.
pub const TOKEN: &str = "example-bearer-token";

/// A provider whose sink is under test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {
    /// A status alone says what happened; one request at a time.
    Loki,
    /// AWS's own error words; four requests at a time.
    CloudWatch,
}

impl Provider {
    /// Its id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Loki => "loki",
            Self::CloudWatch => "cloudwatch",
        }
    }

    /// Starts its sink.
    ///
    /// # Panics
    ///
    /// When it does not start.
    #[must_use]
    pub fn start(self, url: &str, delivery: DeliveryConfig) -> CloudSink {
        match self {
            Self::Loki => {
                let mut config = LokiSinkConfig::new(url);
                config.bearer_token = Some(TOKEN.into());
                config.delivery = delivery;
                LokiSink::start(config).expect("a sink").into_inner()
            }
            Self::CloudWatch => {
                let mut config = CloudWatchSinkConfig::new("app");
                config.endpoint_url = Some(url.to_owned());
                config.region = Some("eu-west-1".to_owned());
                config.delivery = delivery;
                CloudWatchSink::start(config).expect("a sink").into_inner()
            }
        }
    }
}

/// Batches of exactly ten until a flush, retries within milliseconds.
#[must_use]
pub fn delivery() -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 10,
        batch_timeout: Duration::from_secs(3_600),
        retry_base_delay: Duration::from_millis(10),
        retry_max_delay: Duration::from_millis(50),
        ..DeliveryConfig::default()
    }
}

/// Starts the provider's stand-in; `listen` brings one back at its old address.
///
/// # Panics
///
/// When it does not start.
pub async fn stand_in(provider: Provider, listen: Option<&str>) -> MockServer {
    let path = format!(
        "{}/../../providers/{}.yaml",
        env!("CARGO_MANIFEST_DIR"),
        provider.id()
    );
    let loaded = load_file(Path::new(&path)).expect("a spec");
    let mut options = MockOptions::default();
    if let Some(url) = listen {
        let address = url.trim_start_matches("http://");
        options.listen = address.parse().expect("an address");
    }
    start(Arc::new(loaded.sink), options)
        .await
        .expect("a stand-in")
}

/// Reads a fault.
///
/// # Panics
///
/// When there is none of this name.
#[must_use]
pub fn fault(text: &str) -> Fault {
    text.parse().expect("a fault")
}

/// One run: a sink, how many events it accepted, and its dead-letter file.
#[derive(Debug)]
pub struct Run {
    /// Shown when something is wrong.
    pub name: String,
    /// The sink.
    pub sink: CloudSink,
    written: usize,
    dead_letters: Option<PathBuf>,
}

impl Run {
    /// Starts a sink whose provider is known to be there.
    ///
    /// # Panics
    ///
    /// When the sink does not start or the stand-in does not answer.
    pub async fn start(
        provider: Provider,
        url: &str,
        name: &str,
        keeps: bool,
        mut delivery: DeliveryConfig,
    ) -> Self {
        let name = format!("{} {name} keeps={keeps}", provider.id());
        if keeps {
            let file = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
            let path = Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../target/fault-tests")
                .join(file);
            std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            let _ = std::fs::remove_file(&path);
            delivery.dead_letter_path = Some(path);
        }
        let dead_letters = delivery.dead_letter_path.clone();
        let sink = provider.start(url, delivery);
        // Makes CloudWatch's group and stream, so that faults meet events and nothing else.
        sink.health_check().await.expect("a healthy stand-in");
        Self {
            name,
            sink,
            written: 0,
            dead_letters,
        }
    }

    /// Writes the next `count` events; each fifth contains the word poison.
    ///
    /// # Panics
    ///
    /// When one is not accepted.
    pub async fn write(&mut self, count: usize) {
        for id in self.written..self.written + count {
            let now = Timestamp::from_system_time(SystemTime::now());
            let mut event = Event::new(now, Level::Info, message(id));
            event.data.insert("id".to_owned(), id.into());
            self.sink.write(&event).await.expect("accepted");
        }
        self.written += count;
    }

    /// Stops the sink and checks what holds whatever happened.
    ///
    /// # Panics
    ///
    /// When it does not hold.
    pub async fn finish(&self, mock: &MockServer, within: Duration) -> Ending {
        let name = &self.name;
        let began = Instant::now();
        let report = self.sink.stop(within).await;
        // 100 ms are promised; the rest is for a machine that is busy with other tests, and far
        // below what a provider that says nothing lasts.
        assert!(
            began.elapsed() < within + Duration::from_secs(60),
            "{name}: {:?}",
            began.elapsed()
        );
        assert!(report.is_balanced(), "{name}: {report:?}");
        assert_eq!(0, report.pending, "{name}: {report:?}");
        assert_eq!(self.written as u64, report.accepted, "{name}: {report:?}");

        let snapshot = mock.snapshot();
        let stored = ids(name, snapshot.records.iter().map(|record| &record.fields));
        let dead = self.read_dead_letters();
        assert_eq!(
            report.dead_lettered,
            dead.values().sum::<usize>() as u64,
            "{name}"
        );
        assert!(
            report.delivered <= stored.len() as u64,
            "{name}: counted but not stored: {report:?}"
        );
        let missing: Vec<_> = (0..self.written)
            .filter(|id| !stored.contains_key(id) && !dead.contains_key(id))
            .collect();
        assert!(
            missing.len() as u64 <= report.dropped_total(),
            "{name}: lost {missing:?}: {report:?}"
        );
        assert!(
            snapshot
                .requests
                .iter()
                .all(|seen| !seen.path.contains("redirected")),
            "{name}: a redirect was followed"
        );
        let again: usize = stored.values().map(|times| times - 1).sum();
        let repeated = snapshot.counters.duplicates + again as u64;
        Ending {
            report,
            repeated,
            dead: dead.len(),
            snapshot,
        }
    }

    fn read_dead_letters(&self) -> BTreeMap<usize, usize> {
        let Some(text) = self
            .dead_letters
            .as_ref()
            .and_then(|path| std::fs::read_to_string(path).ok())
        else {
            return BTreeMap::new();
        };
        assert!(!text.contains(TOKEN), "{}: a secret in the file", self.name);
        let records: Vec<Value> = text
            .lines()
            .map(|line| {
                let line: Value = serde_json::from_str(line).expect("a JSON line");
                line["entry"].clone()
            })
            .collect();
        ids(&self.name, &records)
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ending {
    /// The sink's own counters.
    pub report: Report,
    /// Records that reached the provider more than once.
    pub repeated: u64,
    /// Distinct events in the dead-letter file.
    pub dead: usize,
    /// What the stand-in saw.
    pub snapshot: Snapshot,
}

fn message(id: usize) -> String {
    let kind = if id % 5 == 3 { "poison" } else { "event" };
    format!("{kind} {id} {TEXT}")
}

/// How often each event is among these records; every one must be as it was written.
fn ids<'a>(name: &str, records: impl IntoIterator<Item = &'a Value>) -> BTreeMap<usize, usize> {
    let mut found = BTreeMap::new();
    for record in records {
        let id = record["data"]["id"].as_u64();
        let id = id.and_then(|id| usize::try_from(id).ok());
        let id = id.unwrap_or_else(|| panic!("{name}: invented: {record}"));
        assert_eq!(Some(message(id).as_str()), record["message"].as_str());
        *found.entry(id).or_default() += 1;
    }
    found
}
