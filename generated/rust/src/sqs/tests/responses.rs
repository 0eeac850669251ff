//! What the answers of Amazon SQS mean for the events of a request.

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
    let outcome = outcome(200, r#"{"Successful":[{"Id":"0"}],"Failed":[]}"#, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn one_failed() {
    let body = r#"{"Successful":[{"Id":"0"}],"Failed":[{"Id":"1","Code":"InternalError","SenderFault":false},{"Id":"2","Code":"InvalidMessageContents","SenderFault":true}]}"#;
    let outcome = outcome(200, body, 3);

    assert_eq!(partial(outcome), (vec![2], vec![1]));
}
