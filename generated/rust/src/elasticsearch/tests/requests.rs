//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{ElasticsearchEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(ElasticsearchEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","host":"web-1"},"data":{"order_id":42,"amount":12.5}}"#;
    let expected = "{\"create\":{\"_index\":\"logs-fapilog-default\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.678000000Z\",\"log.level\":\"info\",\"message\":\"order placed\",\"ecs.version\":\"8.11.0\",\"log.logger\":\"shop.api\",\"service.name\":\"shop\",\"host.name\":\"web-1\",\"fapilog.context\":{\"message_id\":\"m-1\"},\"fapilog.diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"host\":\"web-1\"},\"fapilog.data\":{\"order_id\":42,\"amount\":12.5}}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://es.example.com:9200/_bulk?filter_path=took%2Cerrors%2Citems.%2A.status%2Citems.%2A.error%2Citems.%2A.failure_store",
    );
    assert_eq!(sent.health_url, "https://es.example.com:9200/");
    assert_eq!(sent.headers["authorization"], "ApiKey example-api-key");
    assert_eq!(sent.headers["content-type"], "application/x-ndjson");
    assert_eq!(sent.body, expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"url":"https://es.example.com:9200","username":"logger","password":"example-password"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05.123456789Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\\n💳 \u0001","logger":"shop.pay","context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback\n","error.frames":[{"line":12}]}},"data":{"order":{"id":5,"items":[1,{"a":null}]}}}"#;
    let expected = "{\"create\":{\"_index\":\"logs-fapilog-default\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.123456789Z\",\"log.level\":\"error\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\\\n💳 \\u0001\",\"ecs.version\":\"8.11.0\",\"log.logger\":\"shop.pay\",\"service.name\":\"shop\",\"trace.id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span.id\":\"00f067aa0ba902b7\",\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack_trace\":\"Traceback\\n\",\"fapilog.context\":{\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span_id\":\"00f067aa0ba902b7\"},\"fapilog.diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback\\n\",\"error.frames\":[{\"line\":12}]}},\"fapilog.data\":{\"order\":{\"id\":5,\"items\":[1,{\"a\":null}]}}}\n";

    let sent = sent(settings, &[event]);

    assert_eq!(
        sent.url,
        "https://es.example.com:9200/_bulk?filter_path=took%2Cerrors%2Citems.%2A.status%2Citems.%2A.error%2Citems.%2A.failure_store",
    );
    assert_eq!(
        sent.headers["authorization"],
        "Basic bG9nZ2VyOmV4YW1wbGUtcGFzc3dvcmQ=",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn names_in_data_cannot_clash() {
    let settings = r#"{"url":"http://127.0.0.1:9200"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{},"diagnostics":{},"data":{"@timestamp":"bogus","message":{"x":1},"log.level":7}}"#;
    let expected = "{\"create\":{\"_index\":\"logs-fapilog-default\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.000000000Z\",\"log.level\":\"warning\",\"message\":\"names\",\"ecs.version\":\"8.11.0\",\"log.logger\":\"a\",\"fapilog.data\":{\"@timestamp\":\"bogus\",\"message\":{\"x\":1},\"log.level\":7}}\n";

    let sent = sent(settings, &[event]);

    assert_eq!(
        sent.url,
        "http://127.0.0.1:9200/_bulk?filter_path=took%2Cerrors%2Citems.%2A.status%2Citems.%2A.error%2Citems.%2A.failure_store",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn several_events_through_a_pipeline() {
    let settings =
        r#"{"url":"http://127.0.0.1:9200","data_stream":"logs-shop-prod","pipeline":"app logs"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"DEBUG","message":"one"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.200Z","level":"AUDIT","message":""}"#,
    ];
    let expected = "{\"create\":{\"_index\":\"logs-shop-prod\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.100000000Z\",\"log.level\":\"debug\",\"message\":\"one\",\"ecs.version\":\"8.11.0\"}\n{\"create\":{\"_index\":\"logs-shop-prod\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.200000000Z\",\"log.level\":\"audit\",\"message\":\"\",\"ecs.version\":\"8.11.0\"}\n";

    let sent = sent(settings, &events);

    assert_eq!(
        sent.url,
        "http://127.0.0.1:9200/_bulk?filter_path=took%2Cerrors%2Citems.%2A.status%2Citems.%2A.error%2Citems.%2A.failure_store&pipeline=app%20logs",
    );
    assert_eq!(sent.body, expected);
}
