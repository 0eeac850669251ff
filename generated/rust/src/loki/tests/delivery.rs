//! Delivery over a loopback connection.

use std::time::Duration;

use super::super::super::cloud_sink_parts::responder::{Answer, Responder};
use super::super::super::cloud_sink_parts::testing::{self, event_now};
use super::super::{LokiSink, LokiSinkConfig};
use super::{SETTINGS, config};

/// Everything is stored.
const ACCEPTED: Answer = Answer {
    status: 204,
    headers: &[],
    body: "",
};

/// The provider is in trouble.
const UNAVAILABLE: Answer = Answer {
    status: 503,
    headers: &[],
    body: "at least 1 live replicas required, could only find 0\n",
};

/// The event is refused.
const REFUSED: Answer = Answer {
    status: 400,
    headers: &[],
    body: "entry with timestamp 2026-01-02 03:04:05 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2026-01-02T03:04:05Z, oldest acceptable timestamp is: 2026-01-02T04:04:05Z',\nuser 'fake', total ignored: 1 out of 3 for stream: {job=\"fapilog\"}\n",
};

/// Settings of a sink that sends to `responder`.
fn settings(responder: &Responder) -> LokiSinkConfig {
    let mut config = config(SETTINGS);
    config.url = responder.url().to_owned();
    config.delivery.retry_base_delay = Duration::from_millis(1);
    config.delivery.retry_max_delay = Duration::from_millis(1);
    config.delivery.attempt_timeout = testing::PATIENCE;
    config
}

/// A sink with these settings.
fn sink(responder: &Responder) -> LokiSink {
    LokiSink::start(settings(responder)).expect("a sink")
}

#[test]
fn a_batch_that_failed_is_sent_again_and_counted_once() {
    let responder = Responder::start(vec![UNAVAILABLE, ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let flushed = testing::block_on(sink.flush(testing::PATIENCE));
    let report = sink.stop_blocking(testing::PATIENCE);

    assert_eq!(flushed, Ok(()));
    assert_eq!(report.accepted, 1);
    assert_eq!(report.delivered, 1);
    assert_eq!(report.retries, 1);
    assert!(report.is_balanced(), "{report:?}");
    let received = responder.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

#[test]
fn events_below_a_full_batch_leave_when_the_sink_stops() {
    let responder = Responder::start(vec![ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let report = sink.stop_blocking(testing::PATIENCE);

    assert_eq!(report.delivered, 1);
    assert_eq!(report.pending, 0);
    assert!(report.is_balanced(), "{report:?}");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Responder::start(vec![ACCEPTED]).expect("a free port");
    let redirect = Answer::redirect(elsewhere.url());
    let responder = Responder::start(vec![redirect, ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let report = sink.stop_blocking(testing::PATIENCE);

    // The redirect itself delivers nothing; the attempt after it may.
    assert_eq!(report.requests, report.delivered + 1);
    assert!(!responder.received().is_empty());
    assert!(elsewhere.received().is_empty());
    assert!(report.is_balanced(), "{report:?}");
}

#[test]
fn an_event_that_is_refused_ends_alone_and_is_counted() {
    let responder = Responder::start(vec![REFUSED, ACCEPTED]).expect("a free port");
    let mut config = settings(&responder);
    config.delivery.batch_size = 1;
    config.delivery.max_in_flight = 1;
    let sink = LokiSink::start(config).expect("a sink");

    for _ in 0..2 {
        sink.try_write(&event_now()).expect("room in the queue");
    }
    let flushed = testing::block_on(sink.flush(testing::PATIENCE));
    let report = sink.stop_blocking(testing::PATIENCE);

    assert_eq!(flushed, Ok(()));
    assert_eq!(report.delivered, 1);
    assert_eq!(report.dropped_total(), 1);
    assert!(report.is_balanced(), "{report:?}");
}

#[test]
fn what_an_outage_leaves_at_the_end_is_kept_and_counted() {
    let process = std::process::id();
    let folder = format!("loki-sink-tests-{process}");
    let folder = std::env::temp_dir().join(folder);
    let responder = Responder::start(vec![UNAVAILABLE]).expect("a free port");
    let mut config = settings(&responder);
    config.delivery.dead_letter_path = Some(folder.join("dead.ndjson"));
    let sink = LokiSink::start(config).expect("a sink");

    for _ in 0..3 {
        sink.try_write(&event_now()).expect("room in the queue");
    }
    let report = sink.stop_blocking(Duration::from_millis(500));
    let kept = std::fs::read_to_string(folder.join("dead.ndjson")).expect("dead letters");
    std::fs::remove_dir_all(&folder).expect("the folder of this test");

    assert_eq!(report.dead_lettered, 3);
    assert_eq!(report.pending, 0);
    assert!(report.is_balanced(), "{report:?}");
    assert_eq!(kept.lines().count(), 3);
    assert!(kept.contains("shutdown_deadline"), "{kept}");
}
