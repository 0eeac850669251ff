//! What the answers of Amazon `CloudWatch` Logs mean for the events of a request.

use serde_json::Value;

use super::super::super::cloud_sink_base::Outcome;
use super::super::super::cloud_sink_parts::aws_cloudwatch_classify::{
    RejectedRanges, accepted, classify,
};
use super::super::super::cloud_sink_parts::testing::{partial, reason, retry_after};

/// What an answer to a request of `events` events means.
fn outcome(status: u16, body: &str, events: usize) -> Outcome {
    let body: Value = serde_json::from_str(body).unwrap_or_default();
    if status != 200 {
        let text = |key| body.get(key).and_then(Value::as_str).unwrap_or_default();
        return classify(text("__type"), status, text("message"));
    }
    let index = |name: &str| {
        let number = body.pointer(&format!("/rejectedLogEventsInfo/{name}"))?;
        i32::try_from(number.as_i64()?).ok()
    };
    let ranges = RejectedRanges {
        too_old_end: index("tooOldLogEventEndIndex"),
        expired_end: index("expiredLogEventEndIndex"),
        too_new_start: index("tooNewLogEventStartIndex"),
    };
    accepted(ranges, events)
}

#[test]
fn stored() {
    let outcome = outcome(200, r#"{"nextSequenceToken":"1"}"#, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn first_events_are_too_old() {
    let body = r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}"#;
    let outcome = outcome(200, body, 4);

    assert_eq!(partial(outcome), (vec![0], vec![]));
}

#[test]
fn last_events_are_too_new() {
    let body =
        r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3}}"#;
    let outcome = outcome(200, body, 4);

    assert_eq!(partial(outcome), (vec![3], vec![]));
}

#[test]
fn old_expired_and_new_together() {
    let body = r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2,"tooNewLogEventStartIndex":4}}"#;
    let outcome = outcome(200, body, 5);

    assert_eq!(partial(outcome), (vec![0, 1, 4], vec![]));
}

#[test]
fn throttling_is_a_400() {
    let body = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("Rate exceeded"), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn throttling_with_a_namespace() {
    let body = r#"{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate exceeded"}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn gateway_throttles() {
    let outcome = outcome(429, "{}", 1);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn service_is_unavailable() {
    let body = r#"{"__type":"ServiceUnavailableException","message":"later"}"#;
    let outcome = outcome(503, body, 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn another_writer_is_at_work() {
    let body = r#"{"__type":"OperationAbortedException","message":"Multiple concurrent requests"}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn unknown_server_error() {
    let outcome = outcome(500, "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn last_server_error() {
    let outcome = outcome(599, "", 1);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn group_is_missing() {
    let body = r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_key() {
    let body = r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn expired_credentials() {
    let body = r#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#;
    let outcome = outcome(400, body, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn permission_is_missing() {
    let outcome = outcome(403, r#"{"message":"not authorized"}"#, 1);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn proxy_limit() {
    let outcome = outcome(413, "", 10);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn batch_is_not_valid() {
    let body = r#"{"__type":"InvalidParameterException","message":"1 validation error detected"}"#;
    let outcome = outcome(400, body, 3);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn emulator_had_the_events_already() {
    let body = r#"{"__type":"DataAlreadyAcceptedException","message":"The given batch of log events has already been accepted."}"#;
    let outcome = outcome(400, body, 1);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn unknown_refusal() {
    let outcome = outcome(
        400,
        r#"{"__type":"SomethingNewException","message":"?"}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}
