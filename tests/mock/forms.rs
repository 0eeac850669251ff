//! Forms of a body and answers about single records, with one small spec each.

use fapilog_gen::mock::MockServer;
use fapilog_gen::sink::Sink;

use crate::support::{Answer, Request, mock, mock_with, parse, send};

/// A sink with the parts that differ: the shapes, `responses` and `answers`.
fn small(payload: &str, responses: &str, answers: &str) -> Sink {
    parse(&format!(
        r#"
spec_version: 1
id: small
title: Small
summary: A provider for tests.
docs_url: https://example.com/
sources: {{ s: {{ title: t, checked: "2026-01-02" }} }}
config:
  token: {{ type: secret, description: Token., required: true }}
  dataset: {{ type: string, description: Set., required: true }}
  kind: {{ type: string, description: Kind. }}
  url: {{ type: url, description: Replaces the address. }}
  channel: {{ type: string, description: Channel. }}
auth: [{{ scheme: authorization, word: Splunk, secret: token }}]
endpoint:
  base: https://example.com
  override: url
  path: "/1/batch/{{dataset}}"
  query: {{ v: "1", t: "{{kind}}" }}
  headers: {{ X-App: small, X-Channel: "{{channel}}" }}
payload:
  content_type: application/json
{payload}
limits:
  max_batch_bytes: {{ value: 1000, basis: records, overhead_per_event: 100, source: s }}
  max_event_bytes: {{ value: 200, policy: dead_letter, source: s }}
  max_span: {{ seconds: 60, source: s }}
  ordering: within_batch
responses: {{ {responses} }}
answers:
  throttled: {{ status: 429, headers: {{ Retry-After: "7" }} }}
{answers}
vectors:
  requests:
    - {{ name: one, config: {{ token: example-token, dataset: a }}, url: "https://example.com/1/batch/a?v=1",
        events: [{{ timestamp: "2026-01-02T03:04:05Z", level: INFO, message: m }}], body: "" }}
"#
    ))
}

const WRAPPED: &str = r"
  lines: concatenated
  record:
    time: { from: timestamp, as: unix_seconds }
    kind: log
    event: { message: { from: message }, data: { rest: data } }";

const PLAIN: &str = "  record: { message: { from: message } }";

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

fn concatenated(responses: &str, answers: &str) -> Sink {
    small(WRAPPED, responses, answers)
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
    // The spec has no answer for wrong credentials: a bare 401.
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
    let responses = "first_bad: /invalid-event-number, rules: [{ status: [200], outcome: delivered }, { status: [400], outcome: first_bad }]";
    let answers =
        r#"  partial: { status: 400, body: '{"code":12,"invalid-event-number":{index}}' }"#;
    let mock = mock(concatenated(responses, answers)).await;
    let bad = record(5, "b").replace("\"message\"", "\"msg\"");

    let answer = send_records(&mock, &[record(5, "a"), bad.clone(), bad]).await;

    assert_eq!(
        (400, r#"{"code":12,"invalid-event-number":1}"#),
        (answer.status, answer.body.as_str())
    );
    assert_eq!(0, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn a_line_may_come_before_each_record() {
    let payload = r#"
  lines: ndjson
  before: { create: { _index: "logs-{dataset}" } }
  record: { message: { from: message }, "*": { rest: data } }"#;
    let mock = mock(small(payload, "", "")).await;
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

/// Sends each body; gives the statuses.
async fn statuses(mock: &MockServer, bodies: &[&str]) -> Vec<u16> {
    let mut found = Vec::new();
    for body in bodies {
        found.push(send(mock, &push(*body)).await.unwrap().status);
    }
    found
}

#[tokio::test]
async fn lines_of_json_are_read() {
    let mock = mock(small(&format!("  lines: ndjson\n{PLAIN}"), "", "")).await;
    let record = r#"{"message":"m"}"#;

    let found = statuses(
        &mock,
        &[
            &format!("{record}\n{record}\n"),
            &format!("{record}\n{record}"),
            &format!("{record}\n\n{record}\n"),
            "{\"message\":\"m\",\"other\":1}\n",
        ],
    )
    .await;

    assert_eq!([200, 400, 400, 400], *found);
    assert_eq!(2, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn lines_of_text_are_read() {
    let payload = r#"
  lines: text
  record: [{ from: level, as: level_upper }, " ", { from: message }]"#;
    let mock = mock(small(payload, "", "")).await;

    let found = statuses(&mock, &["INFO a\nINFO b\n", "INFO a\nINFO b"]).await;

    assert_eq!([200, 400], *found);
    assert_eq!("INFO b", mock.snapshot().records[1].fields);
}

#[tokio::test]
async fn a_body_around_the_records_is_checked_at_every_depth() {
    let body = r#"
  body: { v: 1, to: { set: "{dataset}", kind: "{kind}" }, blocks: [{ logs: { records: all } }] }"#;
    let mock = mock(small(&format!("{body}\n{PLAIN}"), "", "")).await;
    let good = r#"{"v":1,"to":{"set":"a"},"blocks":[{"logs":[{"message":"m"},{"message":"n"}]}]}"#;

    let found = statuses(
        &mock,
        &[
            good,
            &good.replace(r#""set":"a""#, r#""set":"a","kind":"k""#),
            &good.replace(r#""v":1,"#, ""),
            &good.replace(r#""set":"a""#, r#""set":"a","other":"k""#),
            &good.replace(r#"{"set":"a"}"#, r#"{"set":1}"#),
            &good.replace("logs", "entries"),
            &good.replace(r#"[{"message":"m"},{"message":"n"}]"#, r#"{"message":"m"}"#),
        ],
    )
    .await;

    assert_eq!([200, 200, 400, 400, 400, 400, 400], *found);
    assert_eq!(4, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn a_body_may_be_one_record() {
    let mock = mock(small(
        &format!("  body: {{ records: one }}\n{PLAIN}"),
        "",
        "",
    ))
    .await;
    let record = r#"{"message":"m"}"#;

    let found = statuses(&mock, &[record, &format!("[{record}]"), &record.repeat(2)]).await;

    assert_eq!([200, 400, 400], *found);
}

#[tokio::test]
async fn records_inside_a_text_are_checked() {
    let payload = r#"
  body: { to: "{dataset}", Records: { records: all } }
  record: { Data: { as: base64, append: "\n", object: { message: { from: message } } } }"#;
    let mock = mock(small(payload, "", "")).await;
    let body = |data: &str| format!(r#"{{"to":"a","Records":[{{"Data":"{data}"}}]}}"#);

    // {"message":"m"} with its line end and without, and {"msg":"m"}.
    let [whole, cut, other] = [
        "eyJtZXNzYWdlIjoibSJ9Cg==",
        "eyJtZXNzYWdlIjoibSJ9",
        "eyJtc2ciOiJtIn0K",
    ]
    .map(body);
    let found = statuses(&mock, &[&whole, &cut, &other, &body("?")]).await;

    assert_eq!([200, 400, 400, 400], *found);
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
