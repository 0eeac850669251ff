//! What the answers of Coralogix mean for the events of a request.

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, body: &str) -> Outcome {
    let response = response(status, &[], body);
    classify(&Answer::new(&response, PLACES, 1))
}

#[test]
fn ok() {
    let outcome = outcome(200, "");

    assert_eq!(outcome, Outcome::Delivered);
}
