//! What the answers of Axiom mean for the events of a request.

use std::time::Duration;

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::{self, retry_after};
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Outcome {
    let response = response(status, headers, body);
    classify(&Answer::new(&response, PLACES, 1))
}

#[test]
fn ok() {
    testing::stop_clock();
    let outcome = outcome(200, &[], r#"{"ingested":1,"failed":0}"#);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn reset() {
    testing::stop_clock();
    let outcome = outcome(429, &[("x-ratelimit-reset", "1767323106")], "");

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(60.0)));
}
