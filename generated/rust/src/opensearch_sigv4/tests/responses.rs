//! What the answers of `OpenSearch` mean for the events of a request.

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
    let body = r#"{"errors":false,"items":[{"create":{"status":201}}]}"#;
    let outcome = outcome(200, body, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn mixed() {
    let body = r#"{"errors":true,"items":[{"create":{"status":400}},{"create":{"status":429}}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(partial(outcome), (vec![0], vec![1]));
}
