//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{HoneycombEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(HoneycombEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","host":"web-1"},"data":{"order_id":42,"amount":12.5}}"#;
    let expected = r#"[{"time":"2026-01-02T03:04:05.678000000Z","data":{"level":"info","message":"order placed","logger":"shop.api","service.name":"shop","order_id":42,"amount":12.5,"message_id":"m-1","diagnostics":{"origin":"native","service":"shop","host":"web-1"}}}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "https://api.honeycomb.io/1/batch/shop");
    assert_eq!(sent.health_url, "https://api.honeycomb.io/1/auth");
    assert_eq!(sent.headers["x-honeycomb-team"], "example-api-key");
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.body, expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"api_key":"example-api-key","dataset":"Läden & Log","region":"api.eu1.honeycomb.io","sample_rate":10}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\\n💳 \u0001","logger":"shop.pay","context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.frames":[{"line":12}]}},"data":{"order":{"id":5,"items":[1,{"a":null}]}}}"#;
    let expected = r#"[{"time":"2026-01-02T03:04:05.123456789Z","samplerate":10,"data":{"level":"error","message":"Zahlung \"abgelehnt\" \\\n💳 \u0001","logger":"shop.pay","service.name":"shop","trace.trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","trace.parent_id":"00f067aa0ba902b7","order":{"id":5,"items":[1,{"a":null}]},"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.frames":[{"line":12}]}}}}]"#;

    let sent = sent(settings, &[event]);

    assert_eq!(
        sent.url,
        "https://api.eu1.honeycomb.io/1/batch/L%C3%A4den%20%26%20Log",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn merged_names_are_moved_by_their_parts_prefix() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{"user_id":"u-7","level":"c","tenant":"t"},"diagnostics":{},"data":{"message":"mine","user_id":"other","diagnostics":1,"time":"free here"}}"#;
    let expected = r#"[{"time":"2026-01-02T03:04:05.000000000Z","data":{"level":"warning","message":"names","logger":"a","data.message":"mine","user_id":"other","data.diagnostics":1,"time":"free here","ctx_user_id":"u-7","ctx_level":"c","tenant":"t"}}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "https://api.honeycomb.io/1/batch/shop");
    assert_eq!(sent.body, expected);
}

#[test]
fn several_events() {
    let settings =
        r#"{"api_key":"example-api-key","dataset":"shop","url":"http://127.0.0.1:8080/proxy/"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"DEBUG","message":"one"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.200Z","level":"AUDIT","message":""}"#,
    ];
    let expected = r#"[{"time":"2026-01-02T03:04:05.100000000Z","data":{"level":"debug","message":"one"}},{"time":"2026-01-02T03:04:05.200000000Z","data":{"level":"audit","message":""}}]"#;

    let sent = sent(settings, &events);

    assert_eq!(sent.url, "http://127.0.0.1:8080/proxy/1/batch/shop");
    assert_eq!(sent.body, expected);
}
