//! What the answers of Honeycomb mean for the events of a request.

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
fn every_event_is_stored() {
    let outcome = outcome(200, &[], r#"[{"status":202},{"status":202}]"#, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn some_are_refused_or_throttled() {
    let body = r#"[{"status":202},{"status":400,"error":"bad"},{"status":429},{"status":202}]"#;
    let outcome = outcome(200, &[], body, 4);

    assert_eq!(partial(outcome), (vec![1], vec![2]));
}

#[test]
fn item_server_error_is_retried() {
    let outcome = outcome(200, &[], r#"[{"status":500},{"status":202}]"#, 2);

    assert_eq!(partial(outcome), (vec![], vec![0]));
}

#[test]
fn result_list_is_too_short() {
    let outcome = outcome(200, &[], r#"[{"status":202}]"#, 2);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn body_is_not_json() {
    let outcome = outcome(200, &[], "ok", 2);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn accepted_without_results() {
    let outcome = outcome(202, &[], "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn malformed() {
    let outcome = outcome(400, &[], r#"{"error":"malformed"}"#, 2);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn wrong_key() {
    let outcome = outcome(401, &[], r#"{"error":"unknown API key"}"#, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("unknown API key"), "{outcome:?}");
}

#[test]
fn administrative_throttling() {
    let outcome = outcome(403, &[], "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn unknown_dataset() {
    let outcome = outcome(404, &[], "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn body_too_large() {
    let outcome = outcome(413, &[], "", 9);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn rate_limited() {
    let outcome = outcome(429, &[], "", 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn request_timeout() {
    let outcome = outcome(408, &[], "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn unavailable() {
    let outcome = outcome(503, &[("retry-after", "5")], "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(5.0)));
}
