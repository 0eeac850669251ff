//! What the answers of Amazon Data Firehose mean for the events of a request.

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
    let body = r#"{"FailedPutCount":0,"RequestResponses":[{"RecordId":"a"}]}"#;
    let outcome = outcome(200, body, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn partial2() {
    let body = r#"{"FailedPutCount":1,"RequestResponses":[{"RecordId":"a"},{"ErrorCode":"ServiceUnavailableException"}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(partial(outcome), (vec![], vec![1]));
}
