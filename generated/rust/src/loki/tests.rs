//! The wire format, the reading of answers, the limits, and delivery over a loopback connection.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::super::cloud_sink_base::{Event, Outcome, Report};
use super::super::cloud_sink_parts::responder::{Answer, Responder, response};
use super::super::cloud_sink_parts::testing::{self, event_now, reason, retry_after};
use super::{LokiEncoder, LokiSink, LokiSinkConfig, LokiTransport, classify, parts};

/// Settings that make the sink start.
const SETTINGS: &str = r#"{"url":"http://localhost:3100"}"#;

fn config(settings: &str) -> LokiSinkConfig {
    LokiSinkConfig::try_from(testing::settings(settings)).expect("valid settings")
}

fn body(settings: &str, events: &[&str]) -> String {
    testing::body(&LokiEncoder::new(&config(settings)), events)
}

fn events(count: i64, record_bytes: Option<usize>, spacing: i64, age: i64) -> Vec<Event> {
    let encoder = LokiEncoder::new(&config(SETTINGS));
    testing::events(&encoder, count, record_bytes, spacing, age)
}

fn written(events: &[Event]) -> (Report, Vec<usize>) {
    let parts = parts(config(SETTINGS)).expect("valid settings");
    testing::written(parts, events)
}

fn transport(settings: &str) -> LokiTransport {
    let config = config(settings);
    let encoder = Arc::new(LokiEncoder::new(&config));
    LokiTransport::new(&config, encoder).expect("a transport")
}

#[test]
fn plain_info_event() {
    let settings = r#"{"url":"http://localhost:3100"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}"#,
    ];

    let transport = transport(settings);

    assert_eq!(
        transport.url.as_str(),
        "http://localhost:3100/loki/api/v1/push",
    );
    assert_eq!(transport.headers["content-type"], "application/json");
    assert_eq!(transport.health_url.as_str(), "http://localhost:3100/ready");
    let expected = r#"{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045678000000","{\"level\":\"info\",\"logger\":\"shop.api\",\"message\":\"order placed\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}",{"level":"info","logger":"shop.api"}]]}]}"#;
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"url":"http://localhost:3100/"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","correlation_id":"c-9","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","user_id":7},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null}}"#,
    ];

    let transport = transport(settings);

    assert_eq!(
        transport.url.as_str(),
        "http://localhost:3100/loki/api/v1/push",
    );
    let expected = r#"{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045123456789","{\"level\":\"error\",\"logger\":\"shop.pay\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"context\":{\"message_id\":\"m-2\",\"correlation_id\":\"c-9\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\",\"user_id\":7},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]}}}",{"level":"error","logger":"shop.pay","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","correlation_id":"c-9","request_id":"req-1"}]]}]}"#;
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn names_in_data_cannot_clash() {
    let settings = r#"{"url":"http://localhost:3100","service_name":"checkout"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{"level":"c","request_id":""},"diagnostics":{"service":"shop"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}"#,
    ];

    let transport = transport(settings);

    assert_eq!(
        transport.url.as_str(),
        "http://localhost:3100/loki/api/v1/push",
    );
    let expected = r#"{"streams":[{"stream":{"service_name":"checkout","job":"fapilog"},"values":[["1767323045000000000","{\"level\":\"warning\",\"logger\":\"a\",\"message\":\"names\",\"context\":{\"level\":\"c\",\"request_id\":\"\"},\"diagnostics\":{\"service\":\"shop\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}",{"level":"warning","logger":"a"}]]}]}"#;
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn events_are_grouped_by_label_set_in_order() {
    let settings = r#"{"url":"https://logs.example.com","labels":{"job":"api","env-name":"prod"},"label_fields":["level","context.tenant_id","data.shard"],"tenant_id":"team-a","username":"123456","password":"example-password"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.002Z","level":"ERROR","message":"two","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","logger":"w","context":{"tenant_id":"acme"},"diagnostics":{},"data":{"shard":3}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","logger":"w","context":{"tenant_id":""},"diagnostics":{},"data":{}}"#,
    ];

    let transport = transport(settings);

    assert_eq!(
        transport.url.as_str(),
        "https://logs.example.com/loki/api/v1/push",
    );
    assert_eq!(transport.headers["x-scope-orgid"], "team-a");
    assert_eq!(
        transport.headers["authorization"],
        "Basic MTIzNDU2OmV4YW1wbGUtcGFzc3dvcmQ=",
    );
    let expected = r#"{"streams":[{"stream":{"job":"api","env_name":"prod","level":"info","tenant_id":"acme","shard":"3"},"values":[["1767323045001000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"one\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}],["1767323045003000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"three\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"error","tenant_id":"acme"},"values":[["1767323045002000000","{\"level\":\"error\",\"logger\":\"w\",\"message\":\"two\",\"context\":{\"tenant_id\":\"acme\"}}",{"level":"error","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"info"},"values":[["1767323045004000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"four\",\"context\":{\"tenant_id\":\"\"}}",{"level":"info","logger":"w"}]]}]}"#;
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn dynamic_labels_beyond_the_guard_overflow() {
    let settings = r#"{"url":"http://localhost:3100","service_name":"api","label_fields":["context.user_id"],"max_streams":2,"bearer_token":"example-bearer-token"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.001Z","level":"INFO","message":"one","context":{"user_id":"u-1"}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.002Z","level":"INFO","message":"two","context":{"user_id":"u-2"}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.003Z","level":"INFO","message":"three","context":{"user_id":"u-3"}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.004Z","level":"INFO","message":"four","context":{"user_id":"u-1"}}"#,
    ];

    let transport = transport(settings);

    assert_eq!(
        transport.url.as_str(),
        "http://localhost:3100/loki/api/v1/push",
    );
    assert_eq!(
        transport.headers["authorization"],
        "Bearer example-bearer-token",
    );
    let expected = r#"{"streams":[{"stream":{"service_name":"api","job":"fapilog","user_id":"u-1"},"values":[["1767323045001000000","{\"level\":\"info\",\"message\":\"one\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}],["1767323045004000000","{\"level\":\"info\",\"message\":\"four\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"u-2"},"values":[["1767323045002000000","{\"level\":\"info\",\"message\":\"two\",\"context\":{\"user_id\":\"u-2\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"overflow"},"values":[["1767323045003000000","{\"level\":\"info\",\"message\":\"three\",\"context\":{\"user_id\":\"u-3\"}}",{"level":"info"}]]}]}"#;
    assert_eq!(body(settings, &events), expected);
}

#[test]
fn stored() {
    let response = response(204, &[], "");

    let outcome = classify(&response);

    assert_eq!(outcome, Outcome::Delivered);
}

#[test]
fn ingestion_is_blocked() {
    let response = response(260, &[], "ingestion blocked for user team-a\n");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[test]
fn plain_200_stores_nothing() {
    let response = response(200, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[test]
fn some_entries_are_refused() {
    let response = response(
        400,
        &[],
        "1 errors like: max entry size '262144' bytes exceeded for stream '{job=\"fapilog\"}' while adding an entry with length '262145' bytes\n",
    );

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Bisect { .. }), "{outcome:?}");
}

#[test]
fn no_tenant() {
    let response = response(401, &[], "no org id\n");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
    assert!(reason(&outcome).contains("no org id"), "{outcome:?}");
}

#[test]
fn gateway_forbids() {
    let response = response(403, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_path() {
    let response = response(404, &[], "404 page not found\n");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn redirect_is_not_followed() {
    let response = response(301, &[("location", "https://example.com/")], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn permanent_redirect_is_not_followed() {
    let response = response(308, &[("location", "https://example.com/")], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn wrong_method() {
    let response = response(405, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
}

#[test]
fn gateway_gave_up_waiting() {
    let response = response(408, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn too_large() {
    let response = response(413, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Split { .. }), "{outcome:?}");
}

#[test]
fn no_streams_in_the_request() {
    let response = response(
        422,
        &[],
        "error at least one valid stream is required for ingestion\n",
    );

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Rejected { .. }), "{outcome:?}");
}

#[test]
fn over_the_tenant_rate() {
    let response = response(
        429,
        &[],
        "ingestion rate limit exceeded for user fake (limit: 10485 bytes/sec)\n",
    );

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn gateway_names_a_delay() {
    let response = response(429, &[("retry-after", "3")], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Throttled { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), Some(Duration::from_secs_f64(3.0)));
}

#[test]
fn server_error() {
    let response = response(500, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn last_server_error() {
    let response = response(599, &[], "");

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn no_live_replica() {
    let response = response(
        503,
        &[],
        "at least 1 live replicas required, could only find 0\n",
    );

    let outcome = classify(&response);

    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
    assert_eq!(retry_after(&outcome), None);
}

#[test]
fn four_megabytes_fit() {
    let events = events(16, Some(249_995), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn above_four_megabytes_makes_two() {
    let events = events(16, Some(249_996), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 2);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn the_longest_entry_fits() {
    let events = events(1, Some(262_144), 0, 0);

    let (report, lengths) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
    assert!(
        lengths.iter().all(|length| *length == 262_144),
        "{lengths:?}",
    );
}

#[test]
fn a_longer_entry_is_dead_lettered() {
    let events = events(1, Some(262_145), 0, 0);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 0);
    // There is no dead-letter file here: what would go there is dropped and counted.
    assert_eq!(report.dropped_total(), 1);
}

#[test]
fn an_event_older_than_a_week_is_sent() {
    let events = events(1, None, 0, 604_801);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn an_event_far_ahead_is_sent() {
    let events = events(1, None, 0, -601);

    let (report, _) = written(&events);

    assert_eq!(report.requests, 1);
    assert_eq!(report.dropped_total(), 0);
}

#[test]
fn every_missing_setting_is_named() {
    let errors = LokiSinkConfig::try_from(Map::new()).expect_err("nothing is set");

    let missing: Vec<&str> = errors.problems().iter().map(|p| p.name.as_str()).collect();
    assert_eq!(missing, ["url"]);
}

#[test]
fn an_unknown_setting_is_refused() {
    let settings = Map::from_iter([("batch_sizes".to_owned(), Value::from(1))]);

    let errors = LokiSinkConfig::try_from(settings).expect_err("a misspelt setting");

    assert!(
        errors.to_string().contains("did you mean `batch_size`?"),
        "{errors}"
    );
}

#[test]
fn secrets_do_not_print() {
    let settings = r#"{"url":"http://localhost:3100","password":"example-password","bearer_token":"example-bearer-token"}"#;

    let config = config(settings);

    assert!(!format!("{config:?}").contains("example-"), "{config:?}");
}

/// Everything is stored.
const ACCEPTED: Answer = Answer {
    status: 204,
    headers: &[],
    body: "",
};

/// The provider is in trouble.
const UNAVAILABLE: Answer = Answer {
    status: 503,
    headers: &[],
    body: "at least 1 live replicas required, could only find 0\n",
};

/// A sink that sends to `responder`.
fn sink(responder: &Responder) -> LokiSink {
    let mut config = config(SETTINGS);
    config.url = responder.url().to_owned();
    config.delivery.retry_base_delay = Duration::from_millis(1);
    config.delivery.retry_max_delay = Duration::from_millis(1);
    config.delivery.attempt_timeout = testing::PATIENCE;
    LokiSink::start(config).expect("a sink")
}

#[test]
fn a_batch_that_failed_is_sent_again_and_counted_once() {
    let responder = Responder::start(vec![UNAVAILABLE, ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let flushed = testing::flush(&sink);
    let report = sink.stop_blocking(testing::PATIENCE);

    assert_eq!(flushed, Ok(()));
    assert_eq!(report.accepted, 1);
    assert_eq!(report.delivered, 1);
    assert_eq!(report.retries, 1);
    assert!(report.is_balanced(), "{report:?}");
    let received = responder.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].body, received[1].body);
}

#[test]
fn events_below_a_full_batch_leave_when_the_sink_stops() {
    let responder = Responder::start(vec![ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let report = sink.stop_blocking(testing::PATIENCE);

    assert_eq!(report.delivered, 1);
    assert_eq!(report.pending, 0);
    assert!(report.is_balanced(), "{report:?}");
}

#[test]
fn a_redirect_is_not_followed() {
    let elsewhere = Responder::start(vec![ACCEPTED]).expect("a free port");
    let redirect = Answer::redirect(elsewhere.url());
    let responder = Responder::start(vec![redirect, ACCEPTED]).expect("a free port");
    let sink = sink(&responder);

    sink.try_write(&event_now()).expect("room in the queue");
    let report = sink.stop_blocking(testing::PATIENCE);

    // The redirect itself delivers nothing; the attempt after it may.
    assert_eq!(report.requests, report.delivered + 1);
    assert!(!responder.received().is_empty());
    assert!(elsewhere.received().is_empty());
    assert!(report.is_balanced(), "{report:?}");
}
