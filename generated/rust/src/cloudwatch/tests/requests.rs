//! Where events go under which settings, and what they look like there.

use super::super::super::cloud_sink_parts::testing;
use super::super::CloudWatchEncoder;
use super::{SETTINGS, config};

fn body(settings: &str, events: &[&str]) -> String {
    let encoder = CloudWatchEncoder::new(&config(settings));
    testing::body(&encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"m-1","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}"#;
    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"message\":\"order placed\",\"logger\":\"shop.api\",\"context\":{\"message_id\":\"m-1\"},\"diagnostics\":{\"origin\":\"native\",\"service\":\"shop\",\"env\":\"prod\",\"host\":\"web-1\",\"pid\":15556},\"data\":{\"order_id\":42,\"amount\":12.5,\"express\":true}}\n";

    assert_eq!(body(SETTINGS, &[event]), expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.999999999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001","logger":"shop.pay","context":{"message_id":"m-2","request_id":"req-1","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"},"diagnostics":{"service":"shop","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}]},"nothing":null,"größe":"XL"}}"#;
    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.999Z\",\"level\":\"error\",\"message\":\"Zahlung \\\"abgelehnt\\\" \\\\ Grund:\\n\\tKärtchen 💳 \\u0001\",\"logger\":\"shop.pay\",\"context\":{\"message_id\":\"m-2\",\"request_id\":\"req-1\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\"},\"diagnostics\":{\"service\":\"shop\",\"exception\":{\"error.type\":\"ZeroDivisionError\",\"error.message\":\"division by zero\",\"error.stack\":\"Traceback (most recent call last):\\n  File \\\"a.py\\\", line 12\\n\",\"error.frames\":[{\"file\":\"a.py\",\"line\":12,\"function\":\"<module>\",\"code\":\"1/0\"}]}},\"data\":{\"order\":{\"id\":5,\"items\":[1,2,{\"a\":null}]},\"größe\":\"XL\"}}\n";

    assert_eq!(body(SETTINGS, &[event]), expected);
}

#[test]
fn names_in_data_cannot_clash() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"","logger":"a","context":{"level":"c"},"diagnostics":{},"data":{"message":"mine","level":"loud","timestamp":"bogus","context":{"x":1}}}"#;
    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.000Z\",\"level\":\"warning\",\"message\":\"\",\"logger\":\"a\",\"context\":{\"level\":\"c\"},\"data\":{\"message\":\"mine\",\"level\":\"loud\",\"timestamp\":\"bogus\",\"context\":{\"x\":1}}}\n";

    assert_eq!(body(SETTINGS, &[event]), expected);
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
