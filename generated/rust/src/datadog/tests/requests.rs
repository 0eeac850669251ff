//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{DatadogEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(DatadogEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain_info_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"order placed","logger":"shop.api","context":{"message_id":"0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001","correlation_id":null},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556},"data":{"order_id":42,"amount":12.5,"express":true}}"#;
    let expected = r#"[{"timestamp":1767323045678,"status":"info","level":"info","message":"order placed","ddsource":"fapilog","service":"shop","hostname":"web-1","logger.name":"shop.api","order_id":42,"amount":12.5,"express":true,"context":{"message_id":"0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001"},"diagnostics":{"origin":"native","service":"shop","env":"prod","host":"web-1","pid":15556}}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.com/api/v2/logs",
    );
    assert_eq!(sent.health_url, "https://api.datadoghq.com/api/v1/validate");
    assert_eq!(sent.headers["dd-api-key"], "example-api-key");
    assert_eq!(sent.headers["content-type"], "application/json");
    assert_eq!(sent.body, expected);
}

#[test]
fn error_with_exception_unicode_and_escapes() {
    let settings = r#"{"api_key":"example-api-key","service":"checkout"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05.999999Z","level":"ERROR","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001\u001f/","logger":"shop.pay","context":{"message_id":"m-1","request_id":"req-1","user_id":"u-7"},"diagnostics":{"origin":"native","service":"shop","host":"web-1","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}},"data":{"order":{"id":5,"items":[1,2,{"a":null}],"note":""},"größe":"XL","nothing":null,"big":9007199254740993}}"#;
    let expected = r#"[{"timestamp":1767323045999,"status":"error","level":"error","message":"Zahlung \"abgelehnt\" \\ Grund:\n\tKärtchen 💳 \u0001\u001f/","ddsource":"fapilog","service":"checkout","hostname":"web-1","logger.name":"shop.pay","error.kind":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","order":{"id":5,"items":[1,2,{"a":null}],"note":""},"größe":"XL","big":9007199254740993,"context":{"message_id":"m-1","request_id":"req-1","user_id":"u-7"},"diagnostics":{"origin":"native","service":"shop","host":"web-1","exception":{"error.type":"ZeroDivisionError","error.message":"division by zero","error.stack":"Traceback (most recent call last):\n  File \"a.py\", line 12\n","error.frames":[{"file":"a.py","line":12,"function":"<module>","code":"1/0"}]}}}]"#;

    let sent = sent(settings, &[event]);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.com/api/v2/logs",
    );
    assert_eq!(sent.headers["dd-api-key"], "example-api-key");
    assert_eq!(sent.body, expected);
}

#[test]
fn reserved_names_in_data_are_moved() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"WARNING","message":"names","logger":"a","context":{},"diagnostics":{},"data":{"status":404,"message":"mine","data.message":"also mine","host":"h","context":"c","service":"s","ok":1,"ddtags":["x"],"error":{"code":7}}}"#;
    let expected = r#"[{"timestamp":1767323045000,"status":"warn","level":"warning","message":"names","ddsource":"fapilog","logger.name":"a","data.status":404,"data.data.message":"mine","data.message":"also mine","data.host":"h","data.context":"c","data.service":"s","ok":1,"data.ddtags":["x"],"data.error":{"code":7}}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.com/api/v2/logs",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn names_that_the_intake_reads_are_moved() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"INFO","message":"names","data":{"source":1,"date":2,"_timestamp":3,"Timestamp":4,"eventTime":5,"published_date":6,"severity":7,"syslog.severity":8,"trace_id":9,"span_id":10,"dd":11,"logger":12,"timestamp":13,"level":14,"ddsource":15,"hostname":16}}"#;
    let expected = r#"[{"timestamp":1767323045000,"status":"info","level":"info","message":"names","ddsource":"fapilog","data.source":1,"data.date":2,"data._timestamp":3,"data.Timestamp":4,"data.eventTime":5,"data.published_date":6,"data.severity":7,"data.syslog.severity":8,"data.trace_id":9,"data.span_id":10,"data.dd":11,"data.logger":12,"data.timestamp":13,"data.level":14,"data.ddsource":15,"data.hostname":16}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.com/api/v2/logs",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn several_events_with_every_setting_and_the_eu_site() {
    let settings = r#"{"api_key":"example-api-key","site":"datadoghq.eu","service":"checkout","source":"python","hostname":"worker-9","tags":["env:prod","team:payments","version:1.4.2"]}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.100Z","level":"DEBUG","message":"one","logger":"w","context":{},"diagnostics":{"service":"shop","host":"web-1"},"data":{}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.200Z","level":"CRITICAL","message":"two","logger":"w","context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"},"diagnostics":{},"data":{"k":"v"}}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.300Z","level":"AUDIT","message":"","logger":"","context":{},"diagnostics":{},"data":{}}"#,
    ];
    let expected = r#"[{"timestamp":1767323045100,"status":"debug","level":"debug","message":"one","ddsource":"python","ddtags":"env:prod,team:payments,version:1.4.2","service":"checkout","hostname":"worker-9","logger.name":"w","diagnostics":{"service":"shop","host":"web-1"}},{"timestamp":1767323045200,"status":"critical","level":"critical","message":"two","ddsource":"python","ddtags":"env:prod,team:payments,version:1.4.2","service":"checkout","hostname":"worker-9","logger.name":"w","dd.trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","dd.span_id":"00f067aa0ba902b7","k":"v","context":{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","span_id":"00f067aa0ba902b7"}},{"timestamp":1767323045300,"status":"notice","level":"audit","message":"","ddsource":"python","ddtags":"env:prod,team:payments,version:1.4.2","service":"checkout","hostname":"worker-9"}]"#;

    let sent = sent(settings, &events);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.eu/api/v2/logs",
    );
    assert_eq!(sent.health_url, "https://api.datadoghq.eu/api/v1/validate");
    assert_eq!(sent.headers["dd-api-key"], "example-api-key");
    assert_eq!(sent.body, expected);
}

#[test]
fn tags_as_the_agent_reads_them_from_a_variable() {
    let settings = r#"{"api_key":"example-api-key","tags":"env:prod role:a, role:b\tstandalone,url:http://x"}"#;
    let event = r#"{"timestamp":"2026-01-02T03:04:05Z","level":"INFO","message":"one"}"#;
    let expected = r#"[{"timestamp":1767323045000,"status":"info","level":"info","message":"one","ddsource":"fapilog","ddtags":"env:prod,role:a,role:b,standalone,url:http://x"}]"#;

    let sent = sent(settings, &[event]);

    assert_eq!(
        sent.url,
        "https://http-intake.logs.datadoghq.com/api/v2/logs",
    );
    assert_eq!(sent.body, expected);
}

#[test]
fn every_level_has_a_status() {
    let settings = r#"{"api_key":"example-api-key","url":"http://127.0.0.1:8080"}"#;
    let events = [
        r#"{"timestamp":"2026-01-02T03:04:05.001Z","level":"TRACE","message":"t"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.002Z","level":"NOTICE","message":"n"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.003Z","level":"WARN","message":"w"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.004Z","level":"FATAL","message":"f"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.005Z","level":"SECURITY","message":"s"}"#,
        r#"{"timestamp":"2026-01-02T03:04:05.006Z","level":"PAYMENT","message":"a level the application registered"}"#,
    ];
    let expected = r#"[{"timestamp":1767323045001,"status":"debug","level":"trace","message":"t","ddsource":"fapilog"},{"timestamp":1767323045002,"status":"notice","level":"notice","message":"n","ddsource":"fapilog"},{"timestamp":1767323045003,"status":"warn","level":"warning","message":"w","ddsource":"fapilog"},{"timestamp":1767323045004,"status":"critical","level":"critical","message":"f","ddsource":"fapilog"},{"timestamp":1767323045005,"status":"notice","level":"security","message":"s","ddsource":"fapilog"},{"timestamp":1767323045006,"status":"payment","level":"payment","message":"a level the application registered","ddsource":"fapilog"}]"#;

    let sent = sent(settings, &events);

    assert_eq!(sent.url, "http://127.0.0.1:8080/api/v2/logs");
    assert_eq!(sent.body, expected);
}
