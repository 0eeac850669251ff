//! Loki's own answers, as observed with Loki 3.7.8.

use fapilog_gen::mock::MockServer;

use crate::support::{Answer, NOW, Request, mock, send, sink};

fn entry(id: usize, offset_seconds: i64) -> String {
    let nanos = NOW + offset_seconds * 1_000_000_000;
    format!(r#"["{nanos}","{{\"level\":\"info\",\"message\":\"event {id}\"}}",{{"level":"info"}}]"#)
}

fn push(labels: &str, entries: &[String]) -> Request {
    let body = format!(
        r#"{{"streams":[{{"stream":{labels},"values":[{}]}}]}}"#,
        entries.join(",")
    );
    Request::new(
        "/loki/api/v1/push",
        &[("content-type", "application/json")],
        body,
    )
}

async fn loki() -> MockServer {
    mock(sink("providers/loki.yaml")).await
}

async fn send_entries(mock: &MockServer, entries: &[String]) -> Answer {
    send(mock, &push(r#"{"app":"a"}"#, entries)).await.unwrap()
}

#[tokio::test]
async fn wrong_credentials_are_refused_as_by_a_gateway() {
    let mock = loki().await;
    let request = push(r#"{"app":"a"}"#, &[entry(1, 0)]);
    let with = |credentials: &str| request.clone().header("authorization", Some(credentials));

    let wrong = send(&mock, &with("Basic ZXhhbXBsZS11c2VybmFtZTp3cm9uZw=="))
        .await
        .unwrap();
    let right = with("Basic ZXhhbXBsZS11c2VybmFtZTpleGFtcGxlLXBhc3N3b3Jk");

    assert_eq!(401, wrong.status);
    assert!(
        wrong.body.contains("401 Authorization Required"),
        "{wrong:?}"
    );
    assert!(
        wrong.has_header("www-authenticate", "Basic realm=\"Loki\""),
        "{wrong:?}"
    );
    assert_eq!(204, send(&mock, &right).await.unwrap().status);
}

#[tokio::test]
async fn stored_is_an_empty_204() {
    let mock = loki().await;

    let answer = send_entries(&mock, &[entry(1, 0)]).await;

    assert_eq!((204, ""), (answer.status, answer.body.as_str()));
    let record = &mock.snapshot().records[0];
    assert_eq!("event 1", record.fields["message"]);
    assert_eq!(Some(serde_json::json!({"app": "a"})), record.group);
}

#[tokio::test]
async fn a_400_stores_the_good_entries() {
    let mock = loki().await;
    let entries = [entry(1, 0), entry(2, -604_801), entry(3, 0), entry(4, 601)];

    let answer = send_entries(&mock, &entries).await;

    assert_eq!(400, answer.status);
    assert!(
        answer.body.contains("timestamp too old")
            && answer.body.contains("total ignored: 2 out of 4"),
        "{answer:?}"
    );
    assert_eq!(
        (2, 2),
        (
            mock.snapshot().counters.stored,
            mock.snapshot().counters.refused
        )
    );
}

#[tokio::test]
async fn an_exact_duplicate_is_stored_once() {
    let mock = loki().await;

    send_entries(&mock, &[entry(1, 0), entry(2, 0)]).await;
    assert_eq!(
        204,
        send_entries(&mock, &[entry(2, 0), entry(3, 0)])
            .await
            .status
    );

    let counters = mock.snapshot().counters;
    assert_eq!(
        (3, 1, 0),
        (counters.stored, counters.duplicates, counters.refused)
    );
}

#[tokio::test]
async fn entries_far_behind_their_stream_are_refused() {
    let mock = loki().await;

    send_entries(&mock, &[entry(1, 0)]).await;
    assert_eq!(204, send_entries(&mock, &[entry(2, -3600)]).await.status);
    let behind = send_entries(&mock, &[entry(3, -3601)]).await;
    let other = send(&mock, &push(r#"{"app":"b"}"#, &[entry(3, -3601)]))
        .await
        .unwrap();

    assert_eq!(
        (400, true),
        (behind.status, behind.body.contains("entry too far behind"))
    );
    assert_eq!(204, other.status);
}

#[tokio::test]
async fn no_streams_is_a_422() {
    let mock = loki().await;

    for body in ["{}", r#"{"streams":[]}"#] {
        assert_eq!(
            422,
            send(&mock, &push("{}", &[]).body(body))
                .await
                .unwrap()
                .status
        );
    }
}

#[tokio::test]
async fn what_cannot_be_decoded_stores_nothing() {
    let mock = loki().await;

    let answer = send_entries(&mock, &[entry(1, 0), "[1,\"x\"]".to_owned()]).await;

    assert_eq!((400, 0), (answer.status, mock.snapshot().counters.stored));
}

#[tokio::test]
async fn the_line_limit_holds_to_the_byte() {
    let mock = loki().await;
    let line = |bytes: usize| {
        let rest = r#"{"level":"info","message":""}"#.len();
        format!(
            r#"["{NOW}","{{\"level\":\"info\",\"message\":\"{}\"}}"]"#,
            "x".repeat(bytes - rest)
        )
    };

    assert_eq!(204, send_entries(&mock, &[line(262_144)]).await.status);
    assert_eq!(400, send_entries(&mock, &[line(262_145)]).await.status);
}

#[tokio::test]
async fn bad_labels_refuse_their_stream_alone() {
    let mock = loki().await;
    let entry = entry(1, 0);
    let body = format!(
        r#"{{"streams":[{{"stream":{{"a.b":"x"}},"values":[{entry}]}},{{"stream":{{"a":"x"}},"values":[{entry}]}}]}}"#
    );

    let answer = send(&mock, &push("{}", &[]).body(body)).await.unwrap();

    assert_eq!(
        (400, true),
        (
            answer.status,
            answer.body.contains("invalid label name `a.b`")
        )
    );
    assert_eq!(1, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn any_documented_credentials_or_none_are_taken() {
    let mock = loki().await;
    let request = push(r#"{"app":"a"}"#, &[entry(1, 0)]);
    // user `123456`, password `example-password`, and the same user with another password
    let cases = [
        (None, 204),
        (Some("Bearer example-bearer-token"), 204),
        (Some("Basic MTIzNDU2OmV4YW1wbGUtcGFzc3dvcmQ="), 204),
        (Some("Basic MTIzNDU2Ondyb25n"), 401),
        (Some("Bearer wrong"), 401),
    ];

    for (credentials, status) in cases {
        let answer = send(&mock, &request.clone().header("authorization", credentials))
            .await
            .unwrap();
        assert_eq!(status, answer.status, "{credentials:?}");
    }
}

#[tokio::test]
async fn the_tenant_header_must_not_be_empty() {
    let mock = loki().await;
    let request = push(r#"{"app":"a"}"#, &[entry(1, 0)]);

    assert_eq!(
        204,
        send(
            &mock,
            &request.clone().header("x-scope-orgid", Some("team-a"))
        )
        .await
        .unwrap()
        .status
    );
    assert_eq!(
        400,
        send(&mock, &request.header("x-scope-orgid", Some("")))
            .await
            .unwrap()
            .status
    );
}
