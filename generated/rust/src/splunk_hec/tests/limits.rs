//! What becomes of events at the edge of what Splunk HEC accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{SplunkHecEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&SplunkHecEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn two_mebibytes_fit() {
    let (report, _) = written(&events(16).of_bytes(131_072));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_byte_more_each_makes_two() {
    let (report, _) = written(&events(16).of_bytes(131_073));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_event_of_a_million_stays_whole() {
    let (report, lengths) = written(&events(1).of_bytes(1_000_000));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 1_000_000),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_event_is_cut() {
    let (report, lengths) = written(&events(1).of_bytes(1_000_001));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    let cut = lengths.iter().filter(|length| **length < 1_000_001);
    assert_eq!(cut.count(), 1);
}
