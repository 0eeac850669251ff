//! What the answers of Acme Logs mean for the events of a request.

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::retry_after;
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, body: &str, events: usize) -> Outcome {
    let response = response(status, &[], body);
    classify(&Answer::new(&response, PLACES, events))
}

#[test]
fn accepted() {
    let outcome = outcome(202, r#"{"results":[{"status":201}]}"#, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn rate_limited() {
    let outcome = outcome(429, "", 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}
