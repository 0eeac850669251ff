//! Answers about single records, in each form a vendor has: with specs of backends, made by hand and
//! read the way the spec tells a sink to.

use fapilog_gen::mock::MockServer;
use serde_json::{Value, json};

use crate::support::{Answer, Request, mock_with, send, sink};

async fn backend(name: &str, faults: &[&str]) -> MockServer {
    mock_with(sink(&format!("tests/backends/{name}.yaml")), faults).await
}

/// What a request carries, given the messages of its records.
type Push = fn(&[&str]) -> Request;

async fn send_messages(mock: &MockServer, push: Push, messages: &[&str]) -> Answer {
    send(mock, &push(messages)).await.unwrap()
}

fn joined(messages: &[&str], record: fn(usize, &str) -> String) -> Vec<String> {
    let records = messages.iter().enumerate();
    records
        .map(|(index, message)| record(index, message))
        .collect()
}

/// Amazon SQS: a list of the failed ones, each with the id that the request gave it.
fn sqs(messages: &[&str]) -> Request {
    let entries = joined(messages, |index, message| {
        let body = json!({"message": message, "level": "info"}).to_string();
        format!(r#"{{"Id":"{index}","MessageBody":{}}}"#, json!(body))
    });
    let headers = [
        ("authorization", "AWS4-HMAC-SHA256 Credential=example"),
        ("x-amz-target", "AmazonSQS.SendMessageBatch"),
        ("content-type", "application/x-amz-json-1.0"),
    ];
    let body = format!(
        r#"{{"QueueUrl":"https://sqs.example.com/1/logs","Entries":[{}]}}"#,
        entries.join(",")
    );
    Request::new("/", &headers, body)
}

/// Google Cloud Logging: a map of the failed ones by their position.
fn gcp(messages: &[&str]) -> Request {
    let entries = joined(messages, |_, message| {
        let at = "2026-01-02T03:04:05.678000000Z";
        format!(
            r#"{{"severity":"INFO","timestamp":"{at}","jsonPayload":{{"message":"{message}"}}}}"#
        )
    });
    let headers = [
        ("authorization", "Bearer example-access-token"),
        ("content-type", "application/json"),
    ];
    let body = format!(
        r#"{{"partialSuccess":true,"logName":"projects/p1/logs/fapilog","resource":{{"type":"global","labels":{{"project_id":"p1"}}}},"entries":[{}]}}"#,
        entries.join(",")
    );
    Request::new("/v2/entries:write", &headers, body)
}

/// Axiom: only how many failed.
fn axiom(messages: &[&str]) -> Request {
    let lines = joined(messages, |_, message| {
        let at = "2026-01-02T03:04:05.678000000Z";
        format!("{{\"_time\":\"{at}\",\"level\":\"info\",\"message\":\"{message}\"}}\n")
    });
    let headers = [
        ("authorization", "Bearer example-token"),
        ("content-type", "application/x-ndjson"),
    ];
    let path = "/v1/datasets/logs/ingest?timestamp-field=_time";
    Request::new(path, &headers, lines.concat())
}

/// Honeycomb: one result for each record, in their order.
fn honeycomb(messages: &[&str]) -> Request {
    let events = joined(messages, |_, message| {
        format!(
            r#"{{"time":"2026-01-02T03:04:05.678Z","data":{{"level":"info","message":"{message}"}}}}"#
        )
    });
    let headers = [
        ("x-honeycomb-team", "example-api-key"),
        ("content-type", "application/json"),
    ];
    let body = format!("[{}]", events.join(","));
    Request::new("/1/batch/logs", &headers, body)
}

fn body(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

const ALL: [(&str, Push); 4] = [
    ("sqs", sqs),
    ("gcp_logging", gcp),
    ("axiom", axiom),
    ("honeycomb", honeycomb),
];

#[tokio::test]
async fn all_stored_is_answered_as_such() {
    for (name, push) in ALL {
        let mock = backend(name, &[]).await;

        let answer = send_messages(&mock, push, &["a", "b"]).await;

        let seen = mock.snapshot();
        assert_eq!(None, seen.requests[0].problem, "{name}: {answer:?}");
        assert_eq!((200, 2), (answer.status, seen.counters.stored), "{name}");
    }
}

#[tokio::test]
async fn every_third_is_refused_whatever_request_it_comes_with() {
    for (name, push) in ALL {
        let mock = backend(name, &["reject-every:3"]).await;

        send_messages(&mock, push, &["a", "b"]).await;
        send_messages(&mock, push, &["c", "d", "e"]).await;
        // Again, in another place: a record has the number it had.
        send_messages(&mock, push, &["f", "c"]).await;
        send_messages(&mock, push, &["g"]).await;

        let counters = mock.snapshot().counters;
        assert_eq!((5, 3), (counters.stored, counters.refused), "{name}");
    }
}

#[tokio::test]
async fn failed_ones_are_listed_with_their_id() {
    let mock = backend("sqs", &["reject-matching:bad", "throttle-every:4"]).await;

    let answer = send_messages(&mock, sqs, &["a", "bad", "c", "d"]).await;
    let clean = send_messages(&mock, sqs, &["d"]).await;

    let failed = json!([
        {"Id": "1", "Code": "Rejected"},
        {"Id": "3", "Code": "InternalError"},
    ]);
    assert_eq!(json!({ "Failed": failed }), body(&answer));
    assert_eq!(json!({"Failed": []}), body(&clean));
    assert_eq!(3, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn failed_ones_are_mapped_from_their_position() {
    let mock = backend("gcp_logging", &["reject-matching:bad", "throttle-every:4"]).await;

    let answer = send_messages(&mock, gcp, &["a", "bad", "c", "d"]).await;
    let clean = send_messages(&mock, gcp, &["d"]).await;

    let errors = "/error/details/0/logEntryErrors";
    assert_eq!(
        Some(&json!({"1": {"code": 400}, "3": {"code": 4}})),
        body(&answer).pointer(errors)
    );
    assert_eq!((400, 200), (answer.status, clean.status));
    assert_eq!(3, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn failed_ones_are_counted() {
    let mock = backend("axiom", &["reject-matching:bad"]).await;

    let answer = send_messages(&mock, axiom, &["a", "bad", "bad too", "d"]).await;
    let clean = send_messages(&mock, axiom, &["e"]).await;

    assert_eq!(json!({"failed": 2}), body(&answer));
    assert_eq!(json!({"failed": 0}), body(&clean));
    assert_eq!((200, 200), (answer.status, clean.status));
    assert_eq!(3, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn each_one_has_a_result_in_its_place() {
    let faults = ["reject-matching:bad", "throttle-every:4"];
    let mock = backend("honeycomb", &faults).await;

    let answer = send_messages(&mock, honeycomb, &["a", "bad", "c", "d"]).await;
    let clean = send_messages(&mock, honeycomb, &["d"]).await;

    let statuses = |answer: &Answer| -> Vec<u64> {
        let items = body(answer);
        let items = items.as_array().unwrap().iter();
        items.map(|item| item["status"].as_u64().unwrap()).collect()
    };
    assert_eq!([202, 400, 202, 429], *statuses(&answer));
    assert_eq!([202], *statuses(&clean));
    assert_eq!(3, mock.snapshot().counters.stored);
}
