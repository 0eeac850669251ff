//! Framings and per-item answers, with one small spec each.

use fapilog_gen::mock::MockServer;
use fapilog_gen::spec::model::Spec;

use crate::support::{Answer, Request, mock, mock_with, parse, send};

/// A spec with the parts that differ: framing, record shape, `responses` and `answers`.
fn small(framing: &str, record: &str, responses: &str, answers: &str) -> Spec {
    parse(&format!(
        r#"
spec_version: 1
id: small
title: Small
summary: A provider for tests.
docs_url: https://example.com/
sources: {{ s: {{ title: t, checked: "2026-01-02" }} }}
config: {{ token: {{ type: secret, description: d, required: true }} }}
auth: [{{ scheme: authorization, word: Splunk, secret: token }}]
endpoint: {{ base: "https://example.com", method: POST, path: "/1/batch/{{dataset}}", query: {{ v: "1", t: "{{type}}" }}, headers: {{ X-App: small, X-Channel: "{{channel}}" }} }}
payload:
  content_type: application/json
  framing: {framing}
  record: {record}
limits:
  max_batch_bytes: {{ value: 1000, basis: records, overhead_per_event: 100, source: s }}
  max_event_bytes: {{ value: 200, policy: dead_letter, source: s }}
  max_span: {{ seconds: 60, source: s }}
  ordering: within_batch
responses: {{ {responses} rules: [] }}
answers:
  accepted: {{ status: 200, body: '{{"code":0}}' }}
  malformed: {{ status: 400, body: '{{"code":6}}' }}
  too_large: {{ status: 413 }}
  throttled: {{ status: 429, headers: {{ Retry-After: "7" }} }}
  unavailable: {{ status: 503 }}
{answers}
docs: {{ prerequisites: [], steps: [], troubleshooting: [], cost_drivers: [], cost_tips: [], delivery_notes: [] }}
vectors: {{ requests: [], responses: [], limits: [] }}
"#
    ))
}

const WRAPPED: &str = r"{ kind: object, fields: [ { name: message, from: message } ], rest: [ { from: data, into: data } ],
    wrap: { key: event, fields: [ { name: time, from: timestamp, as: unix_seconds }, { name: kind, const: log } ] } }";

const ITEMS: &str = r#"items: { list: "", status: /status, delivered: [202], retryable: [429] },"#;

const ITEM_ANSWERS: &str = r#"
  partial: { status: 200, body: '[{items}]' }
  item_ok: '{"status":202}'
  item_rejected: '{"status":400}'
  item_throttled: '{"status":429}'
"#;

/// One wrapped record at a second, with a message.
fn record(second: u32, message: &str) -> String {
    format!(r#"{{"time":{second}.250,"kind":"log","event":{{"message":"{message}"}}}}"#)
}

fn push(body: impl Into<String>) -> Request {
    let headers = [
        ("authorization", "Splunk example-token"),
        ("content-type", "application/json"),
        ("x-app", "small"),
    ];
    Request::new("/1/batch/set%20one?v=1", &headers, body.into())
}

async fn send_records(mock: &MockServer, records: &[String]) -> Answer {
    send(mock, &push(records.concat())).await.unwrap()
}

fn concatenated(responses: &str, answers: &str) -> Spec {
    small("{ kind: concatenated }", WRAPPED, responses, answers)
}

#[tokio::test]
async fn wrapped_records_are_checked_inside_and_out() {
    let mock = mock(concatenated("", "")).await;
    let good = record(5, "a");

    assert_eq!(
        200,
        send_records(&mock, &[good.clone(), record(6, "b")])
            .await
            .status
    );
    for bad in [
        good.replace("\"event\"", "\"evnt\""),
        good.replace("\"message\"", "\"msg\""),
        good.replace("5.250", "5.2501"),
        good.replace("\"log\"", "\"metric\""),
        good.replace("\"time\"", "\"x\":1,\"time\""),
        good.replace("\"message\":\"a\"", "\"message\":\"a\",\"data\":1"),
    ] {
        assert_eq!(
            400,
            send_records(&mock, std::slice::from_ref(&bad)).await.status,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn constant_and_templated_headers_query_and_path_are_checked() {
    let mock = mock(concatenated("", "")).await;
    let good = push(record(5, "a"));
    let status = async |request: Request| send(&mock, &request).await.unwrap().status;

    assert_eq!(200, status(good.clone()).await);
    assert_eq!(
        200,
        status(good.clone().header("x-channel", Some("c"))).await
    );
    assert_eq!(200, status(good.clone().path("/1/batch/a?v=1&t=x")).await);
    assert_eq!(400, status(good.clone().header("x-app", None)).await);
    assert_eq!(
        400,
        status(good.clone().header("x-app", Some("other"))).await
    );
    assert_eq!(
        400,
        status(good.clone().header("x-channel", Some(""))).await
    );
    assert_eq!(400, status(good.clone().path("/1/batch/a")).await);
    assert_eq!(400, status(good.clone().path("/1/batch/a?v=2")).await);
    assert_eq!(404, status(good.clone().path("/1/batch/a/b?v=1")).await);
    assert_eq!(404, status(good.clone().path("/1/batch/?v=1")).await);
    // The spec has no answer for wrong credentials, so it is a bare 401.
    assert_eq!(
        401,
        status(
            good.clone()
                .header("authorization", Some("Bearer example-token"))
        )
        .await
    );
    assert_eq!(
        401,
        status(good.header("authorization", Some("Splunk other"))).await
    );
}

#[tokio::test]
async fn counted_sizes_spans_and_order_are_checked() {
    let mock = mock(concatenated("", "")).await;
    // 100 bytes of overhead and 100 of record, five times, are exactly 1,000.
    let padding = 100 - record(5, "").len();
    let full = record(5, &"x".repeat(padding));

    assert_eq!(
        200,
        send_records(&mock, &vec![full.clone(); 5]).await.status
    );
    assert_eq!(413, send_records(&mock, &vec![full; 6]).await.status);
    assert_eq!(
        413,
        send_records(&mock, &[record(5, &"x".repeat(200))])
            .await
            .status
    );
    assert_eq!(
        400,
        send_records(&mock, &[record(5, "a"), record(65, "b")])
            .await
            .status
    );
    assert_eq!(
        200,
        send_records(&mock, &[record(5, "a"), record(64, "b")])
            .await
            .status
    );
    assert_eq!(
        400,
        send_records(&mock, &[record(6, "a"), record(5, "b")])
            .await
            .status
    );
}

#[tokio::test]
async fn the_first_bad_record_is_named() {
    let answers =
        "  partial: { status: 400, body: '{\"code\":12,\"invalid-event-number\":{index}}' }";
    let mock = mock(concatenated("first_bad: /invalid-event-number,", answers)).await;
    let bad = record(5, "b").replace("\"message\"", "\"msg\"");

    let answer = send_records(&mock, &[record(5, "a"), bad.clone(), bad]).await;

    assert_eq!(
        (400, r#"{"code":12,"invalid-event-number":1}"#),
        (answer.status, answer.body.as_str())
    );
    assert_eq!(0, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn items_are_answered_in_request_order() {
    let spec = concatenated(ITEMS, ITEM_ANSWERS);
    let mock = mock_with(spec, &["throttle-every:3", "reject-matching:bad"]).await;
    let records = [
        record(5, "a"),
        record(5, "bad"),
        record(5, "c"),
        record(5, "d"),
    ];

    let first = send_records(&mock, &records).await;
    let again = send_records(&mock, &records[2..3]).await;

    let statuses = |codes: &[u16]| {
        let items: Vec<_> = codes
            .iter()
            .map(|code| format!("{{\"status\":{code}}}"))
            .collect();
        format!("[{}]", items.join(","))
    };
    assert_eq!(
        (200, statuses(&[202, 400, 429, 202])),
        (first.status, first.body)
    );
    // Everything stored: the accepted answer of this spec.
    assert_eq!((200, "{\"code\":0}"), (again.status, again.body.as_str()));
    let counters = mock.snapshot().counters;
    assert_eq!((3, 2), (counters.stored, counters.refused));
}

#[tokio::test]
async fn action_lines_come_before_each_record() {
    let plain =
        "{ kind: object, fields: [ { name: message, from: message } ], rest: [ { from: data } ] }";
    let framing = "{ kind: action_lines, action: { create: { _index: \"logs-{dataset}\" } } }";
    let mock = mock(small(framing, plain, "", "")).await;
    let action = r#"{"create":{"_index":"logs-a"}}"#;

    let good = format!("{action}\n{{\"message\":\"m\",\"k\":1}}\n");
    assert_eq!(200, send(&mock, &push(good.as_str())).await.unwrap().status);
    let other = good.replace("create", "index");
    assert_eq!(400, send(&mock, &push(other)).await.unwrap().status);

    let record = &mock.snapshot().records[0];
    assert_eq!(
        Some(action.to_owned()),
        record.group.as_ref().map(ToString::to_string)
    );
    assert_eq!(1, record.fields["k"]);
}

#[tokio::test]
async fn ndjson_and_object_framings_are_read() {
    let plain = "{ kind: object, fields: [ { name: message, from: message } ] }";
    let ndjson = mock(small("{ kind: ndjson }", plain, "", "")).await;
    let object = mock(small(
        "{ kind: json_object, list: logs, constants: { v: 1 } }",
        plain,
        "",
        "",
    ))
    .await;
    let record = "{\"message\":\"m\"}";

    assert_eq!(
        200,
        send(&ndjson, &push(format!("{record}\n{record}\n")))
            .await
            .unwrap()
            .status
    );
    assert_eq!(
        400,
        send(&ndjson, &push(format!("{record}\n{record}")))
            .await
            .unwrap()
            .status
    );
    assert_eq!(
        200,
        send(&object, &push(format!("{{\"v\":1,\"logs\":[{record}]}}")))
            .await
            .unwrap()
            .status
    );
    assert_eq!(
        400,
        send(&object, &push(format!("{{\"logs\":[{record}]}}")))
            .await
            .unwrap()
            .status
    );
    assert_eq!(
        400,
        send(&ndjson, &push("{\"message\":\"m\",\"other\":1}\n"))
            .await
            .unwrap()
            .status
    );
}

#[tokio::test]
async fn vendor_headers_travel_with_the_answer() {
    let mock = mock_with(concatenated("", ""), &["throttle"]).await;

    let answer = send_records(&mock, &[record(5, "a")]).await;

    assert!(
        answer.status == 429 && answer.has_header("retry-after", "7"),
        "{answer:?}"
    );
}
