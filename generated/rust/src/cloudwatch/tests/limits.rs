//! What becomes of events at the edge of what Amazon `CloudWatch` Logs accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{CloudWatchEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&CloudWatchEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn ten_thousand_events_fit() {
    let (report, _) = written(&events(10_000).of_bytes(78));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_event_more_makes_two_requests() {
    let (report, _) = written(&events(10_001).of_bytes(78));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn exactly_one_mebibyte_fits() {
    let (report, _) = written(&events(1_024).of_bytes(998));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_byte_more_each_makes_two() {
    let (report, _) = written(&events(1_024).of_bytes(999));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn the_longest_event_fits() {
    let (report, lengths) = written(&events(1).of_bytes(1_000_000));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 1_000_000),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_event_is_dead_lettered() {
    let (report, _) = written(&events(1).of_bytes(1_000_001));

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}

#[test]
fn just_below_a_day_fits() {
    let (report, _) = written(&events(2).seconds_apart(86_399));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn a_whole_day_makes_two_requests() {
    let (report, _) = written(&events(2).seconds_apart(86_400));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}
