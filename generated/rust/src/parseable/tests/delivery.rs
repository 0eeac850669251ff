//! Delivery over a loopback connection.

use std::time::Duration;

use super::super::super::cloud_sink_parts::responder::{Answer, Responder};
use super::super::super::cloud_sink_parts::testing::{self, event_now};
use super::super::ParseableSink;
use super::{SETTINGS, config};

/// Everything is stored.
const ACCEPTED: Answer = Answer {
    status: 200,
    headers: &[],
    body: "",
};

/// The provider is in trouble.
const UNAVAILABLE: Answer = Answer {
    status: 503,
    headers: &[],
    body: "",
};

/// A sink that sends to `responder`.
fn sink(responder: &Responder) -> ParseableSink {
    let mut config = config(SETTINGS);
    config.url = responder.url().to_owned();
    config.delivery.retry_base_delay = Duration::from_millis(1);
    config.delivery.retry_max_delay = Duration::from_millis(1);
    config.delivery.attempt_timeout = testing::PATIENCE;
    ParseableSink::start(config).expect("a sink")
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
