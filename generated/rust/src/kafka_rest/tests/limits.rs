//! What becomes of events at the edge of what Kafka REST proxy accepts.

use super::super::super::cloud_sink_base::Report;
use super::super::super::cloud_sink_parts::testing::{self, Events, events};
use super::super::{KafkaRestEncoder, parts};
use super::{SETTINGS, config};

/// What a sink that keeps to the limits sends of `events`: its report, and the records' lengths.
fn written(events: &Events) -> (Report, Vec<usize>) {
    let config = config(SETTINGS);
    let events = events.encoded_by(&KafkaRestEncoder::new(&config));
    testing::written(parts(config).expect("valid settings"), &events)
}

#[test]
fn fits() {
    let (report, lengths) = written(&events(1).of_bytes(100_000));

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 100_000),
        "{lengths:?}",
    );
}
