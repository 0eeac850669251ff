//! What the answers of Splunk HEC mean for the events of a request.

use std::time::Duration;

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::{partial, reason, retry_after};
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(
    status: u16,
    headers: &[(&'static str, &'static str)],
    body: &str,
    events: usize,
) -> Outcome {
    let response = response(status, headers, body);
    classify(&Answer::new(&response, PLACES, events))
}

#[test]
fn queued() {
    let outcome = outcome(200, &[], r#"{"text":"Success","code":0}"#, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn success_without_a_code() {
    let outcome = outcome(200, &[], "<html>login</html>", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn first_bad_event_is_named() {
    let body = r#"{"text":"Invalid data format","code":6,"invalid-event-number":1}"#;
    let outcome = outcome(400, &[], body, 4);

    assert_eq!(partial(outcome), (vec![0, 1], vec![2, 3]));
}

#[test]
fn blank_event_at_the_end() {
    let body = r#"{"text":"Event field cannot be blank","code":13,"invalid-event-number":2}"#;
    let outcome = outcome(400, &[], body, 3);

    assert_eq!(partial(outcome), (vec![0, 1, 2], vec![]));
}

#[test]
fn bad_event_without_an_index() {
    let outcome = outcome(400, &[], r#"{"text":"Invalid data format","code":6}"#, 3);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn index_outside_the_request() {
    let body = r#"{"text":"Invalid data format","code":6,"invalid-event-number":7}"#;
    let outcome = outcome(400, &[], body, 2);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn index_is_not_allowed() {
    let body = r#"{"text":"Incorrect index","code":7,"invalid-event-number":0}"#;
    let outcome = outcome(400, &[], body, 2);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn invalid_token() {
    let outcome = outcome(403, &[], r#"{"text":"Invalid token","code":4}"#, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("Invalid token"), "{outcome:?}");
}

#[test]
fn wrong_word_before_the_token() {
    let outcome = outcome(401, &[], r#"{"text":"Invalid authorization","code":3}"#, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn proxy_refuses() {
    let outcome = outcome(403, &[], "forbidden", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn internal_error() {
    let outcome = outcome(500, &[], r#"{"text":"Internal server error","code":8}"#, 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn busy() {
    let body = r#"{"text":"Server is busy","code":9}"#;
    let outcome = outcome(503, &[("retry-after", "4")], body, 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(4.0)));
}

#[test]
fn wrong_path() {
    let body = r#"{"text":"The requested URL was not found on this server.","code":404}"#;
    let outcome = outcome(404, &[], body, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn too_large() {
    let outcome = outcome(413, &[], "", 5);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn load_balancer_throttles() {
    let outcome = outcome(429, &[("retry-after", "9")], "", 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(9.0)));
}

#[test]
fn gateway_timeout() {
    let outcome = outcome(504, &[], "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn unknown_bad_request() {
    let outcome = outcome(400, &[], "bad request", 2);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}
