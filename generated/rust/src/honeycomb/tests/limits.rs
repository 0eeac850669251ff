//! What becomes of events at the edge of what Honeycomb accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{HoneycombEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&HoneycombEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
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
