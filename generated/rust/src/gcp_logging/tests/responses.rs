//! What the answers of Google Cloud Logging mean for the events of a request.

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::partial;
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, body: &str, events: usize) -> Outcome {
    let response = response(status, &[], body);
    classify(&Answer::new(&response, PLACES, events))
}

#[test]
fn ok() {
    let outcome = outcome(200, "{}", 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn some_refused() {
    let body = r#"{"error":{"status":"INVALID_ARGUMENT","details":[{"logEntryErrors":{"0":{"code":3,"message":"bad"},"2":{"code":8}}}]}}"#;
    let outcome = outcome(400, body, 3);

    assert_eq!(partial(outcome), (vec![0], vec![2]));
}

#[test]
fn malformed() {
    let outcome = outcome(400, r#"{"error":{"code":400}}"#, 1);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}
