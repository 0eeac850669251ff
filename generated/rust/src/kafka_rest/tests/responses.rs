//! What the answers of Kafka REST proxy mean for the events of a request.

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
    let body = r#"{"offsets":[{"partition":0,"offset":1,"error_code":null}]}"#;
    let outcome = outcome(200, body, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn one_failed() {
    let body = r#"{"offsets":[{"partition":0,"offset":1,"error_code":null},{"error_code":50002,"error":"bad"}]}"#;
    let outcome = outcome(200, body, 2);

    assert_eq!(partial(outcome), (vec![1], vec![]));
}
