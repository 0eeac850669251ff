//! `CloudWatch` Logs: groups and streams, signatures, limits, `rejectedLogEventsInfo`.

use fapilog_gen::mock::MockServer;
use sha2::{Digest, Sha256};

use crate::support::{Answer, NOW, Request, gzip, mock, mock_with, send, sink};

const SECRET: &str = "example-aws-secret-access-key";
const DAY: i64 = 86_400;

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    let mut block = [0_u8; 64];
    block[..key.len()].copy_from_slice(key);
    let pad = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<_>>();
    let inner = Sha256::digest([pad(0x36), message.as_bytes().to_vec()].concat());
    Sha256::digest([pad(0x5c), inner.to_vec()].concat()).to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

/// A signed call.
fn call(mock: &MockServer, operation: &str, body: impl Into<Vec<u8>>) -> Request {
    signed(
        mock,
        operation,
        body.into(),
        "example-aws-access-key-id",
        SECRET,
    )
}

fn signed(
    mock: &MockServer,
    operation: &str,
    body: Vec<u8>,
    key_id: &str,
    secret: &str,
) -> Request {
    let host = mock.url().trim_start_matches("http://").to_owned();
    let (date, target) = ("20260102T030406Z", format!("Logs_20140328.{operation}"));
    let names = "content-type;host;x-amz-date;x-amz-target";
    let kind = "application/x-amz-json-1.1";
    let canonical = format!(
        "POST\n/\n\ncontent-type:{kind}\nhost:{host}\nx-amz-date:{date}\nx-amz-target:{target}\n\n{names}\n{}",
        hex(&Sha256::digest(&body))
    );
    let scope = "20260102/eu-central-1/logs/aws4_request";
    let text = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(canonical))
    );
    let key = scope
        .split('/')
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
            hmac(&key, part)
        });
    let signature = hex(&hmac(&key, &text));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    );
    let headers = [
        ("content-type", kind),
        ("x-amz-date", date),
        ("x-amz-target", &target),
        ("authorization", &authorization),
    ];
    Request::new("/", &headers, body)
}

/// A stand-in with the group `g` and the stream `s`.
async fn ready(faults: &[&str]) -> MockServer {
    let mock = mock_with(sink("providers/cloudwatch.yaml"), &[]).await;
    for (operation, body) in [
        ("CreateLogGroup", r#"{"logGroupName":"g"}"#),
        ("CreateLogStream", STREAM),
    ] {
        assert_eq!(
            200,
            send(&mock, &call(&mock, operation, body))
                .await
                .unwrap()
                .status
        );
    }
    for fault in faults {
        mock.add_fault(fault.parse().unwrap());
    }
    mock
}

const STREAM: &str = r#"{"logGroupName":"g","logStreamName":"s"}"#;

/// A message of exactly so many bytes, or as short as it can be.
fn message(bytes: usize) -> String {
    let record = |text: &str| {
        format!(r#"{{"timestamp":"2026-01-02T03:04:06.000Z","level":"info","message":"{text}"}}"#)
    };
    record(&"x".repeat(bytes.saturating_sub(record("").len())))
}

fn put(events: &[(i64, String)]) -> String {
    let events: Vec<_> = events
        .iter()
        .map(|(offset, message)| serde_json::json!({"timestamp": NOW / 1_000_000 + offset * 1000, "message": message}))
        .collect();
    serde_json::json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events}).to_string()
}

async fn put_events(mock: &MockServer, events: &[(i64, String)]) -> Answer {
    send(mock, &call(mock, "PutLogEvents", put(events)))
        .await
        .unwrap()
}

fn error_of(answer: &Answer) -> String {
    assert_eq!(400, answer.status, "{answer:?}");
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    body["__type"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn events_are_stored_with_group_and_stream() {
    let mock = ready(&[]).await;

    let answer = put_events(&mock, &[(-1, message(0)), (0, message(200))]).await;

    assert_eq!(
        (200, r#"{"nextSequenceToken":"0"}"#),
        (answer.status, answer.body.as_str())
    );
    assert!(
        answer.has_header("x-amzn-requestid", "00000000-0000-4000-8000-000000000003"),
        "{answer:?}"
    );
    let record = &mock.snapshot().records[0];
    assert_eq!(
        Some(serde_json::json!({"logGroupName": "g", "logStreamName": "s"})),
        record.group
    );
    assert_eq!("info", record.fields["level"]);
}

#[tokio::test]
async fn groups_and_streams_are_created_in_order() {
    let mock = mock(sink("providers/cloudwatch.yaml")).await;
    let answer = async |operation: &str, body: &str| {
        send(&mock, &call(&mock, operation, body)).await.unwrap()
    };
    let put = put(&[(0, message(0))]);
    let group = r#"{"logGroupName":"g"}"#;

    assert_eq!(
        "ResourceNotFoundException",
        error_of(&answer("PutLogEvents", &put).await)
    );
    assert_eq!(
        "ResourceNotFoundException",
        error_of(&answer("CreateLogStream", STREAM).await)
    );
    assert_eq!(200, answer("CreateLogGroup", group).await.status);
    assert_eq!(
        "ResourceAlreadyExistsException",
        error_of(&answer("CreateLogGroup", group).await)
    );
    let missing = answer("PutLogEvents", &put).await;
    assert!(
        missing.body.contains("log stream does not exist"),
        "{missing:?}"
    );
    assert_eq!(200, answer("CreateLogStream", STREAM).await.status);
    assert_eq!(
        "ResourceAlreadyExistsException",
        error_of(&answer("CreateLogStream", STREAM).await)
    );
    assert_eq!(200, answer("PutLogEvents", &put).await.status);
    assert_eq!(
        "InvalidParameterException",
        error_of(&answer("CreateLogGroup", r#"{"logGroupName":"a b"}"#).await)
    );
    assert_eq!(
        "InvalidParameterException",
        error_of(&answer("CreateLogGroup", r#"{"logGroupName":"aws/x"}"#).await)
    );
}

#[tokio::test]
async fn retention_is_set_shown_and_applied() {
    let mock = ready(&[]).await;
    let answer = async |operation: &str, body: &str| {
        send(&mock, &call(&mock, operation, body)).await.unwrap()
    };

    let odd = answer(
        "PutRetentionPolicy",
        r#"{"logGroupName":"g","retentionInDays":2}"#,
    )
    .await;
    assert_eq!("InvalidParameterException", error_of(&odd));
    assert_eq!(
        200,
        answer(
            "PutRetentionPolicy",
            r#"{"logGroupName":"g","retentionInDays":7}"#
        )
        .await
        .status
    );
    let shown = answer(
        "DescribeLogGroups",
        r#"{"logGroupNamePrefix":"g","limit":1}"#,
    )
    .await;
    assert_eq!(
        r#"{"logGroups":[{"logGroupName":"g","retentionInDays":7}]}"#,
        shown.body
    );
    let stored = put_events(&mock, &[(-8 * DAY, message(0)), (0, message(0))]).await;
    assert!(
        stored.body.contains(r#"{"expiredLogEventEndIndex":1}"#),
        "{stored:?}"
    );
}

#[tokio::test]
async fn signatures_are_verified() {
    let mock = ready(&[]).await;
    let body = put(&[(0, message(0))]);
    let good = call(&mock, "PutLogEvents", body.as_str());
    let status = async |request: Request| send(&mock, &request).await.unwrap();

    let wrong = signed(
        &mock,
        "PutLogEvents",
        body.clone().into_bytes(),
        "example-aws-access-key-id",
        "other",
    );
    let unknown = signed(
        &mock,
        "PutLogEvents",
        body.into_bytes(),
        "AKIDOTHER",
        SECRET,
    );
    assert_eq!("InvalidSignatureException", error_of(&status(wrong).await));
    assert_eq!(
        "UnrecognizedClientException",
        error_of(&status(unknown).await)
    );
    let mut altered = good.clone();
    altered.body.push(b' ');
    assert_eq!(
        "InvalidSignatureException",
        error_of(&status(altered).await)
    );
    let missing = status(good.clone().header("authorization", None)).await;
    assert_eq!("MissingAuthenticationTokenException", error_of(&missing));
    let basic = status(good.clone().header("authorization", Some("Basic eA=="))).await;
    assert_eq!("IncompleteSignatureException", error_of(&basic));
    assert_eq!(200, status(good).await.status);
    assert!(!format!("{:?}", mock.snapshot().requests).contains("Signature="));
}

#[tokio::test]
async fn gzip_is_taken_and_damage_is_refused() {
    let mock = ready(&[]).await;
    let body = put(&[(0, message(0))]);
    let with =
        |body: Vec<u8>| call(&mock, "PutLogEvents", body).header("content-encoding", Some("gzip"));

    assert_eq!(
        200,
        send(&mock, &with(gzip(body.as_bytes())))
            .await
            .unwrap()
            .status
    );
    let plain = send(&mock, &with(body.clone().into_bytes())).await.unwrap();
    assert_eq!("SerializationException", error_of(&plain));
    let unknown = call(&mock, "DeleteLogGroup", "{}");
    assert_eq!(
        "UnknownOperationException",
        error_of(&send(&mock, &unknown).await.unwrap())
    );
}

#[tokio::test]
async fn the_window_is_answered_with_indices() {
    let mock = ready(&[]).await;
    let events: Vec<_> = [-15 * DAY, -14 * DAY - 1, 0, 1, 7200, 7201, 9000]
        .map(|offset| (offset, message(0)))
        .into();

    let answer = put_events(&mock, &events).await;

    assert_eq!(
        r#"{"nextSequenceToken":"0","rejectedLogEventsInfo":{"tooOldLogEventEndIndex":2,"tooNewLogEventStartIndex":5}}"#,
        answer.body
    );
    assert_eq!(
        (3, 4),
        (
            mock.snapshot().counters.stored,
            mock.snapshot().counters.refused
        )
    );
    let one = put_events(&mock, &events[..1]).await;
    assert_eq!(
        r#"{"rejectedLogEventsInfo":{"tooOldLogEventEndIndex":1}}"#,
        one.body
    );
}

#[tokio::test]
async fn order_and_span_are_checked() {
    let mock = ready(&[]).await;
    let at = |offsets: &[i64]| {
        offsets
            .iter()
            .map(|offset| (*offset, message(0)))
            .collect::<Vec<_>>()
    };

    assert_eq!(
        "InvalidParameterException",
        error_of(&put_events(&mock, &at(&[0, -1])).await)
    );
    assert_eq!(
        "InvalidParameterException",
        error_of(&put_events(&mock, &at(&[-DAY, 0])).await)
    );
    assert_eq!(200, put_events(&mock, &at(&[1 - DAY, 0])).await.status);
    // The span is measured over the events inside the window.
    assert_eq!(200, put_events(&mock, &at(&[-20 * DAY, 0])).await.status);
}

#[tokio::test]
async fn sizes_hold_to_the_byte() {
    let mock = ready(&[]).await;
    let mut events = vec![(0, message(998)); 1024];

    assert_eq!(200, put_events(&mock, &events).await.status);
    events[7].1 = message(999);
    assert!(
        put_events(&mock, &events)
            .await
            .body
            .contains("Upload too large: 1048577")
    );
    assert!(
        put_events(&mock, &[(0, message(1_000_001))])
            .await
            .body
            .contains("Log event too large")
    );
    assert_eq!(
        200,
        put_events(&mock, &vec![(0, message(0)); 10_000])
            .await
            .status
    );
    assert_eq!(
        "InvalidParameterException",
        error_of(&put_events(&mock, &vec![(0, message(0)); 10_001]).await)
    );
}

#[tokio::test]
async fn events_must_have_a_message_and_the_documented_shape() {
    let mock = ready(&[]).await;

    for message in ["", "not JSON", r#"{"level":"info"}"#] {
        let answer = put_events(&mock, &[(0, message.to_owned())]).await;
        assert_eq!("InvalidParameterException", error_of(&answer), "{message}");
    }
    assert_eq!(
        "InvalidParameterException",
        error_of(&put_events(&mock, &[]).await)
    );
    let unknown =
        put(&[(0, message(0))]).replace("{\"logGroupName\"", "{\"token\":1,\"logGroupName\"");
    let answer = send(&mock, &call(&mock, "PutLogEvents", unknown))
        .await
        .unwrap();
    assert_eq!("SerializationException", error_of(&answer));
}

#[tokio::test]
async fn throttling_is_a_400_and_refusal_concerns_the_call() {
    let mock = ready(&["throttle", "reject-matching:xxxx"]).await;

    assert_eq!(
        "ThrottlingException",
        error_of(&put_events(&mock, &[(0, message(0))]).await)
    );
    assert_eq!(
        "InvalidParameterException",
        error_of(&put_events(&mock, &[(0, message(0)), (0, message(200))]).await)
    );
    assert_eq!(200, put_events(&mock, &[(0, message(0))]).await.status);
    assert_eq!(1, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn events_of_a_refused_call_are_counted_as_refused() {
    let mock = ready(&["reject-every:2"]).await;
    let events: Vec<_> = (0..3).map(|offset| (offset, message(0))).collect();

    put_events(&mock, &events).await;

    let seen = mock.snapshot();
    assert_eq!((0, 3), (seen.counters.stored, seen.counters.refused));
    assert_eq!(3, seen.requests.last().unwrap().records);
}

#[tokio::test]
async fn records_of_the_vectors_are_accepted() {
    let mock = ready(&[]).await;
    let provider = sink("providers/cloudwatch.yaml");

    for vector in &provider.vectors.requests {
        let events: Vec<_> = vector
            .body
            .lines()
            .map(|line| (0, line.to_owned()))
            .collect();
        let answer = put_events(&mock, &events).await;
        assert_eq!(200, answer.status, "{}: {answer:?}", vector.name);
    }

    let events: usize = provider
        .vectors
        .requests
        .iter()
        .map(|vector| vector.events.len())
        .sum();
    assert_eq!(events as u64, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn answers_of_faults_carry_a_request_id() {
    let mock = ready(&["fail"]).await;

    let answer = put_events(&mock, &[(0, message(0))]).await;

    assert_eq!(503, answer.status);
    assert!(answer.headers.contains("x-amzn-requestid: "), "{answer:?}");
}
