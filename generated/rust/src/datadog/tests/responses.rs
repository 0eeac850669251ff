//! What the answers of Datadog mean for the events of a request.

use std::time::Duration;

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::answer::Answer;
use super::super::super::cloud_sink_parts::responder::response;
use super::super::super::cloud_sink_parts::testing::{reason, retry_after};
use super::super::classify;
use super::super::transport::PLACES;

fn outcome(status: u16, headers: &[(&'static str, &'static str)], body: &str) -> Outcome {
    let response = response(status, headers, body);
    classify(&Answer::new(&response, PLACES, 1))
}

#[test]
fn accepted() {
    let outcome = outcome(202, &[], "{}");

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn accepted_with_empty_errors() {
    let outcome = outcome(202, &[], r#"{"errors":[]}"#);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn other_success_codes_are_not_trusted() {
    let outcome = outcome(200, &[], "<html>proxy</html>");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn bad_payload() {
    let body =
        r#"{"errors":[{"status":"400","title":"Bad Request","detail":"Invalid JSON payload"}]}"#;
    let outcome = outcome(400, &[], body);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn missing_key() {
    let body = r#"{"errors":[{"status":"401","title":"Unauthorized"}]}"#;
    let outcome = outcome(401, &[], body);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn invalid_key() {
    let body = r#"{"errors":[{"status":"403","title":"Forbidden","detail":"API key is invalid"}]}"#;
    let outcome = outcome(403, &[], body);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(
        reason(&outcome).contains("API key is invalid"),
        "{outcome:?}",
    );
}

#[test]
fn redirect_is_not_followed() {
    let outcome = outcome(302, &[("location", "https://example.com/")], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn permanent_redirect_is_not_followed() {
    let outcome = outcome(308, &[("location", "https://example.com/")], "");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_path() {
    let outcome = outcome(404, &[], "404 page not found");

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn body_took_too_long() {
    let outcome = outcome(408, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn payload_too_big() {
    let body = r#"{"errors":[{"status":"413","title":"Request Entity Too Large","detail":"Payload too big"}]}"#;
    let outcome = outcome(413, &[], body);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn rate_limited() {
    let outcome = outcome(429, &[], "");

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn rate_limited_with_a_delay() {
    let outcome = outcome(429, &[("retry-after", "7")], "");

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(7.0)));
}

#[test]
fn server_error() {
    let outcome = outcome(500, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn last_server_error() {
    let outcome = outcome(599, &[], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn unavailable_with_a_delay() {
    let outcome = outcome(503, &[("retry-after", "2")], "");

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(2.0)));
}

#[test]
fn unprocessable() {
    let outcome = outcome(422, &[], "");

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}
