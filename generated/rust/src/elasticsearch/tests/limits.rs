//! What becomes of events at the edge of what Elasticsearch accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{ElasticsearchEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&ElasticsearchEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn five_thousand_events_fit() {
    let (report, _) = written(&events(5_000).of_bytes(200));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_event_more_makes_two() {
    let (report, _) = written(&events(5_001).of_bytes(200));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn a_hundred_mebibytes_fit() {
    let (report, _) = written(&events(16).of_bytes(6_553_554));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn above_it_makes_two() {
    let (report, _) = written(&events(16).of_bytes(6_553_555));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn the_longest_event_fits() {
    let (report, lengths) = written(&events(1).of_bytes(10_000_000));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 10_000_000),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_event_is_dead_lettered() {
    let (report, _) = written(&events(1).of_bytes(10_000_001));

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}
