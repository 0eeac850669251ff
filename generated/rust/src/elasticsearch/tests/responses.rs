//! What the answers of Elasticsearch mean for the events of a request.

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::{partial, reason, retry_after};
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, body: &str, events: usize) -> Outcome {
    let response = response(status, &[], body);
    classify(&Answer::new(&response, PLACES, events))
}

#[test]
fn every_document_is_stored() {
    let body = r#"{"took":1,"errors":false,"items":[{"create":{"status":201}},{"create":{"status":201}}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn a_document_that_is_there_is_delivered() {
    let body = r#"{"errors":true,"items":[{"create":{"status":409,"error":{"type":"version_conflict_engine_exception","reason":"document already exists"}}},{"create":{"status":201}}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn bad_and_throttled_documents_are_told_apart() {
    let body = r#"{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":{"reason":"failed to parse"}}},{"create":{"status":429}},{"create":{"status":503}}]}"#;
    let outcome = outcome(200, body, 4);

    assert_eq!(partial(outcome), (vec![1], vec![2, 3]));
}

#[test]
fn diverted_to_the_failure_store() {
    let body = r#"{"errors":false,"items":[{"create":{"status":201,"failure_store":"used"}},{"create":{"status":201}}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(partial(outcome), (vec![0], vec![]));
}

#[test]
fn blocked_index_is_tried_again() {
    let body = r#"{"errors":true,"items":[{"create":{"status":403,"error":{"type":"cluster_block_exception","reason":"disk usage exceeded flood-stage watermark"}}}]}"#;
    let outcome = outcome(200, body, 1);

    assert_eq!(partial(outcome), (vec![], vec![0]));
}

#[test]
fn results_are_missing() {
    let outcome = outcome(200, r#"{"took":1}"#, 2);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn malformed_line() {
    let outcome = outcome(400, "", 2);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn wrong_key() {
    let body =
        r#"{"error":{"type":"security_exception","reason":"unable to authenticate"},"status":401}"#;
    let outcome = outcome(401, body, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(
        reason(&outcome).contains("unable to authenticate"),
        "{outcome:?}",
    );
}

#[test]
fn privilege_is_missing() {
    let outcome = outcome(403, "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_address() {
    let outcome = outcome(405, "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn body_too_large() {
    let outcome = outcome(413, "", 9);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn circuit_breaker() {
    let outcome = outcome(429, "", 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn node_is_leaving() {
    let outcome = outcome(503, "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn created_is_not_an_answer_of_bulk() {
    let outcome = outcome(201, "", 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}
