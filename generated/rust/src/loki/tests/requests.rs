//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{LokiEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(LokiEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}"#;
    let expected = r#"{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045678000000","{\"level\":\"info\",\"logger\":\"shop.api\",\"message\":\"order placed\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}",{"level":"info","logger":"shop.api"}]]}]}"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "http://localhost:3100/loki/api/v1/push");
    assert_eq!(sent.health_url, "http://localhost:3100/ready");
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.body, expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"url":"http://localhost:3100/"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","correlation_id":"c-9","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","user_id":7},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null}}"#;
    let expected = r#"{"streams":[{"stream":{"service_name":"shop","job":"fapilog"},"values":[["1767323045123456789","{\"level\":\"error\",\"logger\":\"shop.pay\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"context\":{\"message_id\":\"m-2\",\"correlation_id\":\"c-9\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\",\"user_id\":7},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]}}}",{"level":"error","logger":"shop.pay","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7","correlation_id":"c-9","request_id":"req-1"}]]}]}"#;

    let sent = sent(settings, &[event]);

    assert_eq!(sent.url, "http://localhost:3100/loki/api/v1/push");
    assert_eq!(sent.body, expected);
}

#[test]
fn names_in_data_cannot_clash() {
    let settings = r#"{"url":"http://localhost:3100","service_name":"checkout"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{"level":"c","request_id":""},"diagnostics":{"service":"shop"},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}"#;
    let expected = r#"{"streams":[{"stream":{"service_name":"checkout","job":"fapilog"},"values":[["1767323045000000000","{\"level\":\"warning\",\"logger\":\"a\",\"message\":\"names\",\"context\":{\"level\":\"c\",\"request_id\":\"\"},\"diagnostics\":{\"service\":\"shop\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}",{"level":"warning","logger":"a"}]]}]}"#;

    let sent = sent(settings, &[event]);

    assert_eq!(sent.url, "http://localhost:3100/loki/api/v1/push");
    assert_eq!(sent.body, expected);
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
    let expected = r#"{"streams":[{"stream":{"job":"api","env_name":"prod","level":"info","tenant_id":"acme","shard":"3"},"values":[["1767323045001000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"one\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}],["1767323045003000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"three\",\"context\":{\"tenant_id\":\"acme\"},\"data\":{\"shard\":3}}",{"level":"info","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"error","tenant_id":"acme"},"values":[["1767323045002000000","{\"level\":\"error\",\"logger\":\"w\",\"message\":\"two\",\"context\":{\"tenant_id\":\"acme\"}}",{"level":"error","logger":"w"}]]},{"stream":{"job":"api","env_name":"prod","level":"info"},"values":[["1767323045004000000","{\"level\":\"info\",\"logger\":\"w\",\"message\":\"four\",\"context\":{\"tenant_id\":\"\"}}",{"level":"info","logger":"w"}]]}]}"#;

    let sent = sent(settings, &events);

    assert_eq!(sent.url, "https://logs.example.com/loki/api/v1/push");
    assert_eq!(sent.headers["x-scope-orgid"], "team-a");
    assert_eq!(
        sent.headers["authorization"],
        "Basic MTIzNDU2OmV4YW1wbGUtcGFzc3dvcmQ=",
    );
    assert_eq!(sent.body, expected);
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
    let expected = r#"{"streams":[{"stream":{"service_name":"api","job":"fapilog","user_id":"u-1"},"values":[["1767323045001000000","{\"level\":\"info\",\"message\":\"one\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}],["1767323045004000000","{\"level\":\"info\",\"message\":\"four\",\"context\":{\"user_id\":\"u-1\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"u-2"},"values":[["1767323045002000000","{\"level\":\"info\",\"message\":\"two\",\"context\":{\"user_id\":\"u-2\"}}",{"level":"info"}]]},{"stream":{"service_name":"api","job":"fapilog","user_id":"overflow"},"values":[["1767323045003000000","{\"level\":\"info\",\"message\":\"three\",\"context\":{\"user_id\":\"u-3\"}}",{"level":"info"}]]}]}"#;

    let sent = sent(settings, &events);

    assert_eq!(sent.url, "http://localhost:3100/loki/api/v1/push");
    assert_eq!(sent.headers["authorization"], "Bearer example-bearer-token");
    assert_eq!(sent.body, expected);
}
