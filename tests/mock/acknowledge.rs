//! Ids in the answers to pushes, and questions about them, as Splunk's indexer acknowledgement has them.

use std::io::ErrorKind;

use fapilog_gen::mock::MockServer;
use serde_json::{Value, json};

use crate::support::{Answer, Request, mock_with, send, sink};

const CHANNEL: &str = "0d20c1de-6f0e-4d61-9a3f-0c9a51f5a001";
const OTHER: &str = "0d20c1de-6f0e-4d61-9a3f-0c9a51f5a002";

async fn splunk(faults: &[&str]) -> MockServer {
    mock_with(sink("providers/splunk_hec.yaml"), faults).await
}

fn push(channel: Option<&str>) -> Request {
    let body =
        r#"{"time":1767323045.678,"sourcetype":"_json","event":{"level":"info","message":"a"}}"#;
    let headers = [
        ("authorization", "Splunk example-token"),
        ("content-type", "application/json"),
    ];
    Request::new("/services/collector/event", &headers, body)
        .header("x-splunk-request-channel", channel)
}

fn question(channel: &str, id: u64) -> Request {
    let path = format!("/services/collector/ack?channel={channel}");
    let headers = [("authorization", "Splunk example-token")];
    Request::new(&path, &headers, format!(r#"{{"acks":[{id}]}}"#))
}

async fn ask(mock: &MockServer, request: &Request) -> Answer {
    send(mock, request).await.unwrap()
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

#[tokio::test]
async fn pushes_with_a_channel_get_ids() {
    let mock = splunk(&[]).await;

    let first = ask(&mock, &push(Some(CHANNEL))).await;
    let second = ask(&mock, &push(Some(CHANNEL))).await;
    let without = ask(&mock, &push(None)).await;

    assert_eq!(
        json!({"text": "Success", "code": 0, "ackId": 0}),
        json_of(&first)
    );
    assert_eq!(json!(1), json_of(&second)["ackId"]);
    assert_eq!(json!({"text": "Success", "code": 0}), json_of(&without));
}

#[tokio::test]
async fn an_id_is_acknowledged_once_and_in_its_channel() {
    let mock = splunk(&[]).await;
    ask(&mock, &push(Some(CHANNEL))).await;

    let mut said = Vec::new();
    for request in [
        question(OTHER, 0),
        question(CHANNEL, 1),
        question(CHANNEL, 0),
        question(CHANNEL, 0),
    ] {
        said.push(json_of(&ask(&mock, &request).await)["acks"].clone());
    }

    let expected = [
        json!({"0": false}),
        json!({"1": false}),
        json!({"0": true}),
        json!({"0": false}),
    ];
    assert_eq!(expected, said[..]);
    assert_eq!(0, mock.snapshot().counters.problems);
}

#[tokio::test]
async fn questions_fail_on_demand_and_pushes_do_not() {
    let faults = ["ack-pending", "ack-fail", "ack-garbage", "ack-reset"];
    let mock = splunk(&faults).await;

    let pushed = ask(&mock, &push(Some(CHANNEL))).await;
    let pending = ask(&mock, &question(CHANNEL, 0)).await;
    let failed = ask(&mock, &question(CHANNEL, 0)).await;
    let garbage = ask(&mock, &question(CHANNEL, 0)).await;
    let reset = send(&mock, &question(CHANNEL, 0)).await.unwrap_err();
    let stored = ask(&mock, &question(CHANNEL, 0)).await;

    assert_eq!((200, 503), (pushed.status, failed.status));
    assert_eq!(json!({"acks": {"0": false}}), json_of(&pending));
    assert!(serde_json::from_str::<Value>(&garbage.body).is_err());
    assert_eq!(ErrorKind::ConnectionReset, reset.kind());
    assert_eq!(json!({"acks": {"0": true}}), json_of(&stored));
    assert_eq!(4, mock.snapshot().counters.faults);
}

#[tokio::test]
async fn questions_that_are_none_are_refused() {
    let mock = splunk(&[]).await;
    let asked = question(CHANNEL, 0);

    let unauthorized = asked.clone().header("authorization", Some("Splunk wrong"));
    let of_nothing = asked.clone().body(r#"{"acks":[]}"#);
    let of_nobody = asked.clone().path("/services/collector/ack");
    let got = asked.method("GET");

    assert_eq!(403, ask(&mock, &unauthorized).await.status);
    for request in [of_nothing, of_nobody, got] {
        assert_eq!(400, ask(&mock, &request).await.status, "{request:?}");
    }
    assert_eq!(4, mock.snapshot().counters.problems);
}
