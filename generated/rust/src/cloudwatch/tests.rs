//! The records, the reading of answers, and the limits.

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{Event, Outcome, Report};
use super::super::cloud_sink_parts::aws_cloudwatch_classify::{RejectedRanges, accepted, classify};
use super::super::cloud_sink_parts::testing::{self, partial, reason, retry_after};
use super::{CloudWatchEncoder, CloudWatchSinkConfig, parts};

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"log_group":"/shop/checkout","region":"eu-central-1"}"#;

fn config(settings: &str) -> CloudWatchSinkConfig {
    CloudWatchSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}

fn body(settings: &str, events: &[&str]) -> String {
    testing::body(&CloudWatchEncoder::new(&config(settings)), events)
}

fn events(count: i64, record_bytes: Option<usize>, spacing: i64, age: i64) -> Vec<Event> {
    let encoder = CloudWatchEncoder::new(&config(SETTINGS));
    testing::events(&encoder, count, record_bytes, spacing, age)
}

fn written(events: &[Event]) -> (Report, Vec<usize>) {
    let parts = parts(config(SETTINGS)).expect("valid settings");
    testing::written(parts, events)
}

/// What the service's answer means for a request of `events` events.
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
fn plain_info_event() {
    let settings = r#"{"log_group":"/shop/checkout","region":"eu-central-1"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}"#,
    ];

    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"message\":\"order placed\",\"logger\":\"shop.api\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}\n";
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"log_group":"/shop/checkout","region":"eu-central-1"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.999999999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null,"größe":"XL"}}"#,
    ];

    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.999Z\",\"level\":\"error\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"logger\":\"shop.pay\",\"context\":{\"message_id\":\"m-2\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]},\"größe\":\"XL\"}}\n";
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn names_in_data_cannot_clash() {
    let settings = r#"{"log_group":"/shop/checkout","region":"eu-central-1"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"","logger":"a","context":{"level":"c"},"diagnostics":{},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}"#,
    ];

    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"level\":\"warning\",\"message\":\"\",\"logger\":\"a\",\"context\":{\"level\":\"c\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}\n";
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn several_events_keep_their_own_time_and_level() {
    let settings = r#"{"log_group":"/shop/checkout","log_stream":"web-1","region":"us-east-1","endpoint_url":"http://localhost:4566","create_log_group":false,"create_log_stream":true,"retention_days":30}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"TRACE","message":"one"}"#,
        r#"{"timestamp":"2026-01-02T05:04:05.200+02:00","level":"CRITICAL","message":"two","logger":"w"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.300Z","level":"AUDIT","message":"three","data":{"actor":"u-7"}}"#,
    ];

    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.100Z\",\"level\":\"trace\",\"message\":\"one\"}\n{\"timestamp\":\"2026-01-02T03:04:05.200Z\",\"level\":\"critical\",\"message\":\"two\",\"logger\":\"w\"}\n{\"timestamp\":\"2026-01-02T03:04:05.300Z\",\"level\":\"audit\",\"message\":\"three\",\"data\":{\"actor\":\"u-7\"}}\n";
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn stored() {
    let outcome = outcome(200, r#"{"nextSequenceToken":"1"}"#, 2);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn first_events_are_too_old() {
    let outcome = outcome(
        200,
        r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}"#,
        4,
    );

    assert_eq!(partial(outcome), (vec![0], vec![]));
}

#[test]
fn last_events_are_too_new() {
    let outcome = outcome(
        200,
        r#"{"nextSequenceToken":"1","rejectedLogEventsInfo":{"tooNewLogEventStartIndex":3}}"#,
        4,
    );

    assert_eq!(partial(outcome), (vec![3], vec![]));
}

#[test]
fn old_expired_and_new_together() {
    let outcome = outcome(
        200,
        r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1,"expiredLogEventEndIndex":2,"tooNewLogEventStartIndex":4}}"#,
        5,
    );

    assert_eq!(partial(outcome), (vec![0, 1, 4], vec![]));
}

#[test]
fn throttling_is_a_400() {
    let outcome = outcome(
        400,
        r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("Rate exceeded"), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn throttling_with_a_namespace() {
    let outcome = outcome(
        400,
        r#"{"__type":"com.amazonaws.logs#ThrottlingException","message":"Rate exceeded"}"#,
        1,
    );

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
    let outcome = outcome(
        503,
        r#"{"__type":"ServiceUnavailableException","message":"later"}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn another_writer_is_at_work() {
    let outcome = outcome(
        400,
        r#"{"__type":"OperationAbortedException","message":"Multiple concurrent requests"}"#,
        1,
    );

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
    let outcome = outcome(
        400,
        r#"{"__type":"ResourceNotFoundException","message":"The specified log group does not exist."}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_key() {
    let outcome = outcome(
        400,
        r#"{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn expired_credentials() {
    let outcome = outcome(
        400,
        r#"{"__type":"ExpiredTokenException","message":"The security token included in the request is expired"}"#,
        1,
    );

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
    let outcome = outcome(
        400,
        r#"{"__type":"InvalidParameterException","message":"1 validation error detected"}"#,
        3,
    );

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn emulator_had_the_events_already() {
    let outcome = outcome(
        400,
        r#"{"__type":"DataAlreadyAcceptedException","message":"The given batch of log events has already been accepted."}"#,
        1,
    );

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn unknown_refusal() {
    let outcome = outcome(
        400,
        r#"{"__type":"SomethingNewException","message":"?"}"#,
        1,
    );

    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[test]
fn ten_thousand_events_fit() {
    let events = events(10_000, Some(78), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_event_more_makes_two_requests() {
    let events = events(10_001, Some(78), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn exactly_one_mebibyte_fits() {
    let events = events(1_024, Some(998), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn one_byte_more_each_makes_two() {
    let events = events(1_024, Some(999), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn the_longest_event_fits() {
    let events = events(1, Some(1_000_000), 0, 0);

    let (report, lengths) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 1_000_000),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_event_is_dead_lettered() {
    let events = events(1, Some(1_000_001), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}

#[test]
fn just_below_a_day_fits() {
    let events = events(2, None, 86_399, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn a_whole_day_makes_two_requests() {
    let events = events(2, None, 86_400, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn every_missing_setting_is_named() {
    let errors = CloudWatchSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["log_group"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = CloudWatchSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}
