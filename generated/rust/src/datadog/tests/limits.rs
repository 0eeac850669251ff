//! What becomes of events at the edge of what Datadog accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{DatadogEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&DatadogEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn a_thousand_events_fit() {
    let (report, _) = written(&events(1_000));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_event_more_makes_two_requests() {
    let (report, _) = written(&events(1_001));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn five_megabytes_fit() {
    let (report, _) = written(&events(7).of_bytes(714_284));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn above_five_megabytes_makes_two() {
    let (report, _) = written(&events(7).of_bytes(714_285));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_event_of_one_megabyte_stays_whole() {
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

#[test]
fn an_event_of_eighteen_hours_is_sent() {
    let (report, _) = written(&events(1).seconds_old(64_800));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_older_event_is_not_sent() {
    let (report, _) = written(&events(1).seconds_old(64_801));

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}

#[test]
fn an_event_two_hours_ahead_is_sent() {
    let (report, _) = written(&events(1).seconds_old(-7_200));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_event_further_ahead_is_not_sent() {
    let (report, _) = written(&events(1).seconds_old(-7_201));

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}
