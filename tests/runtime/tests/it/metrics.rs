//! Counters: one by one, as Prometheus' text, and through the `metrics` facade.

use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, Key, KeyName, Metadata, Recorder, SharedString,
    Unit,
};
use runtime_tests::cloud_sink_base::{DropReason, RefuseReason, Sample, Stats};

const GOLDEN: &str = include_str!("../../../dead_letter/metrics.prom");

fn stats() -> Stats {
    Stats {
        accepted: 100,
        refused: [(RefuseReason::QueueFull, 2)].into(),
        delivered: 80,
        dead_lettered: 7,
        dropped: [(DropReason::Uncertain, 3), (DropReason::Overflow, 4)].into(),
        pending: 6,
        requests: 12,
        retries: 1,
        throttled: 1,
        splits: 2,
        events_without_time: 5,
        credentials_in_clear: true,
    }
}

#[test]
fn text_for_prometheus_is_that_of_every_language() {
    assert_eq!(GOLDEN, stats().prometheus("a \"sink\"\\"));
}

#[test]
fn every_reason_is_a_sample_of_its_own() {
    let samples = Stats::default().samples();

    let reasons = samples
        .iter()
        .filter(|sample| sample.name == "cloud_sink_events_dropped_total")
        .filter_map(|sample| sample.reason);
    assert_eq!(
        DropReason::ALL.map(DropReason::as_str).to_vec(),
        reasons.collect::<Vec<_>>()
    );
}

/// What arrives through the facade.
#[derive(Default)]
struct Board(Mutex<Vec<(String, u64)>>);

struct Entry(Arc<Board>, String);

impl CounterFn for Entry {
    fn increment(&self, _: u64) {}

    fn absolute(&self, value: u64) {
        self.0.0.lock().unwrap().push((self.1.clone(), value));
    }
}

impl GaugeFn for Entry {
    fn increment(&self, _: f64) {}

    fn decrement(&self, _: f64) {}

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count"
    )]
    fn set(&self, value: f64) {
        self.0
            .0
            .lock()
            .unwrap()
            .push((self.1.clone(), value as u64));
    }
}

struct Shared(Arc<Board>);

impl Shared {
    fn entry(&self, key: &Key) -> Arc<Entry> {
        let labels = key
            .labels()
            .map(|label| format!(" {}={}", label.key(), label.value()));
        let name = format!("{}{}", key.name(), labels.collect::<String>());
        Arc::new(Entry(Arc::clone(&self.0), name))
    }
}

impl Recorder for Shared {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(self.entry(key))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::from_arc(self.entry(key))
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

/// As the documentation of `samples` does it.
#[expect(clippy::cast_precision_loss, reason = "a count")]
fn report(samples: &[Sample]) {
    for sample in samples {
        let labels = [
            ("sink", "loki"),
            ("reason", sample.reason.unwrap_or_default()),
        ];
        if sample.is_counter {
            metrics::counter!(sample.name, &labels).absolute(sample.value);
        } else {
            metrics::gauge!(sample.name, &labels).set(sample.value as f64);
        }
    }
}

#[test]
fn counters_go_through_the_metrics_facade() {
    let board = Arc::new(Board::default());

    metrics::with_local_recorder(&Shared(Arc::clone(&board)), || report(&stats().samples()));

    let found = board.0.lock().unwrap();
    let value = |name: &str| {
        found
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| *value)
    };
    assert_eq!(
        Some(4),
        value("cloud_sink_events_dropped_total sink=loki reason=overflow")
    );
    assert_eq!(
        Some(6),
        value("cloud_sink_events_pending sink=loki reason=")
    );
    assert_eq!(stats().samples().len(), found.len());
}
