//! What becomes of events at the edge of what Grafana Loki accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{LokiEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&LokiEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn four_megabytes_fit() {
    let (report, _) = written(&events(16).of_bytes(249_995));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn above_four_megabytes_makes_two() {
    let (report, _) = written(&events(16).of_bytes(249_996));

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn the_longest_entry_fits() {
    let (report, lengths) = written(&events(1).of_bytes(262_195));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 262_195),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_entry_is_dead_lettered() {
    let (report, _) = written(&events(1).of_bytes(262_196));

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}

#[test]
fn an_event_older_than_a_week_is_sent() {
    let (report, _) = written(&events(1).seconds_old(604_801));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_event_far_ahead_is_sent() {
    let (report, _) = written(&events(1).seconds_old(-601));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}
