//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{SplunkHecEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(SplunkHecEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","host":"web-1"},"data":{"order_id":42,"amount":12.5}}"#;
    let expected = r#"{"time":1767323045.678,"host":"web-1","source":"shop","sourcetype":"_json","event":{"level":"info","message":"order placed","logger":"shop.api","order_id":42,"amount":12.5,"context":{"message_id":"m-1"},"diagnostics":{"origin":"native","service":"shop","host":"web-1"}}}"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://splunk.example.com:8088/services/collector/event",
    );
    assert_eq!(
        sent.health_url,
        "https://splunk.example.com:8088/services/collector/health",
    );
    assert_eq!(sent.headers["authorization"], "Splunk example-token");
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.body, expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.000999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\\n💳 \u0001","logger":"shop.pay","context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.frames":[{"line":12}]}},"data":{"order":{"id":5,"items":[1,{"a":null}]}}}"#;
    let expected = r#"{"time":1767323045.000,"source":"shop","sourcetype":"_json","event":{"level":"error","message":"Zahlung \"abgelehnt\" \\\n💳 \u0001","logger":"shop.pay","order":{"id":5,"items":[1,{"a":null}]},"context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.frames":[{"line":12}]}}}}"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://splunk.example.com:8088/services/collector/event",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn names_of_the_wrapper_are_free_in_the_event() {
    let settings = r#"{"url":"http://127.0.0.1:8088","token":"example-token"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{},"diagnostics":{},"data":{"message":"mine","time":1,"event":{"x":1},"data.message":"also mine"}}"#;
    let expected = r#"{"time":1767323045.000,"sourcetype":"_json","event":{"level":"warning","message":"names","logger":"a","data.data.message":"mine","time":1,"event":{"x":1},"data.message":"also mine"}}"#;

    let sent = sent(settings, &[event]);

    assert_eq!(sent.url, "http://127.0.0.1:8088/services/collector/event");
    assert_eq!(sent.body, expected);
}

#[test]
fn several_events_with_every_setting() {
    let settings = r#"{"url":"http://127.0.0.1:8088","token":"example-token","index":"app","source":"checkout","sourcetype":"app_json","host":"worker-9","channel":"0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"DEBUG","message":"one","diagnostics":{"service":"shop","host":"web-1"}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.200Z","level":"AUDIT","message":""}"#,
    ];
    let expected = r#"{"time":1767323045.100,"host":"worker-9","source":"checkout","sourcetype":"app_json","index":"app","event":{"level":"debug","message":"one","diagnostics":{"service":"shop","host":"web-1"}}}{"time":1767323045.200,"host":"worker-9","source":"checkout","sourcetype":"app_json","index":"app","event":{"level":"audit","message":""}}"#;

    let sent = sent(settings, &events);

    assert_eq!(sent.url, "http://127.0.0.1:8088/services/collector/event");
    assert_eq!(
        sent.headers["x-splunk-request-channel"],
        "0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001",
    );
    assert_eq!(sent.body, expected);
}
