//! Every fault, as a client sees it.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use fapilog_gen::mock::FAULTS;

use crate::support::{Request, datadog, datadog_record, mock_with, page, send, sink};

fn push(id: usize) -> Request {
    datadog(&[datadog_record(id, 0)])
}

#[tokio::test]
async fn answers_come_in_the_order_of_the_faults() {
    let faults = [
        "throttle:2",
        "fail",
        "unauthorized",
        "too-large",
        "malformed",
        "redirect",
        "garbage",
    ];
    let mock = mock_with(sink("providers/datadog.yaml"), &faults).await;

    let mut statuses = Vec::new();
    for id in 0..9 {
        statuses.push(send(&mock, &push(id)).await.unwrap().status);
    }

    assert_eq!(vec![429, 429, 503, 403, 413, 400, 307, 200, 202], statuses);
    let seen = mock.snapshot();
    assert_eq!((1, 8), (seen.counters.stored, seen.counters.faults));
    assert_eq!(Some("throttle:2"), seen.requests[0].fault.as_deref());
}

#[tokio::test]
async fn a_followed_redirect_is_seen() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["redirect"]).await;

    let answer = send(&mock, &push(0)).await.unwrap();
    assert!(
        answer.has_header("location", "/__mock/redirected"),
        "{answer:?}"
    );
    assert_eq!(
        404,
        send(&mock, &push(0).path("/__mock/redirected"))
            .await
            .unwrap()
            .status
    );

    let problem = mock.snapshot().requests[1].problem.clone();
    assert_eq!(Some("a redirect was followed"), problem.as_deref());
}

#[tokio::test]
async fn reset_stores_nothing_and_resets() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["reset"]).await;

    let error = send(&mock, &push(0)).await.unwrap_err();

    assert_eq!(ErrorKind::ConnectionReset, error.kind());
    assert_eq!(
        (0, 0),
        (
            mock.snapshot().counters.stored,
            mock.snapshot().requests[0].status
        )
    );
    assert_eq!(202, send(&mock, &push(0)).await.unwrap().status);
}

#[tokio::test]
async fn lost_and_half_answers_store_what_they_carried() {
    let mock = mock_with(
        sink("providers/datadog.yaml"),
        &["lost-answer", "half-answer"],
    )
    .await;

    assert_eq!(
        ErrorKind::UnexpectedEof,
        send(&mock, &push(0)).await.unwrap_err().kind()
    );
    let half = send(&mock, &push(1)).await.unwrap();

    assert!(half.has_header("content-length", "18"), "{half:?}");
    assert_eq!("{}", half.body);
    assert_eq!(2, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn stall_holds_the_request_and_then_closes() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["stall:0.2"]).await;
    let started = Instant::now();

    assert!(send(&mock, &push(0)).await.is_err());

    assert!(started.elapsed() >= Duration::from_millis(200));
    assert_eq!(0, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn slow_answers_late_and_stores() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["slow:100"]).await;
    let started = Instant::now();

    for id in 0..2 {
        assert_eq!(202, send(&mock, &push(id)).await.unwrap().status);
    }

    assert!(started.elapsed() >= Duration::from_millis(200));
}

#[tokio::test]
async fn refused_records_stay_refused_when_sent_again() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["reject-every:2"]).await;
    let records: Vec<_> = (1..=3).map(|id| datadog_record(id, 0)).collect();

    // Datadog does not name the bad event, so a client sends halves.
    assert_eq!(400, send(&mock, &datadog(&records)).await.unwrap().status);
    assert_eq!(
        202,
        send(&mock, &datadog(&records[..1])).await.unwrap().status
    );
    assert_eq!(
        400,
        send(&mock, &datadog(&records[1..])).await.unwrap().status
    );
    assert_eq!(
        400,
        send(&mock, &datadog(&records[1..2])).await.unwrap().status
    );
    assert_eq!(
        202,
        send(&mock, &datadog(&records[2..])).await.unwrap().status
    );

    assert_eq!(2, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn matching_records_are_refused() {
    let mock = mock_with(
        sink("providers/datadog.yaml"),
        &["reject-matching:event 0007"],
    )
    .await;

    assert_eq!(202, send(&mock, &push(6)).await.unwrap().status);
    assert_eq!(400, send(&mock, &push(7)).await.unwrap().status);
    assert!(
        mock.snapshot().requests[1]
            .problem
            .as_ref()
            .unwrap()
            .contains("refused on demand")
    );
}

#[tokio::test]
async fn faults_are_set_and_cleared_over_http() {
    let mock = mock_with(sink("providers/datadog.yaml"), &[]).await;
    let post = |body: &str| Request::new("/__mock/faults", &[], body);

    let wrong = send(&mock, &post("throttle\nstal")).await.unwrap();
    assert_eq!(
        (400, true),
        (wrong.status, wrong.body.contains("did you mean `stall`?"))
    );
    assert_eq!("", page(&mock, "/__mock/faults").await);
    assert_eq!(
        200,
        send(&mock, &post("throttle:3\nslow:1\n"))
            .await
            .unwrap()
            .status
    );
    assert_eq!(429, send(&mock, &push(0)).await.unwrap().status);
    assert_eq!("throttle:2\nslow:1\n", page(&mock, "/__mock/faults").await);
    assert_eq!(
        200,
        send(&mock, &post("").method("DELETE"))
            .await
            .unwrap()
            .status
    );
    assert_eq!(202, send(&mock, &push(0)).await.unwrap().status);
}

#[tokio::test]
async fn every_fault_can_be_given_over_http() {
    let mock = mock_with(sink("providers/datadog.yaml"), &[]).await;
    let all = FAULTS
        .iter()
        .fold(String::new(), |text, (name, ..)| text + name + ":1\n");

    let answer = send(&mock, &Request::new("/__mock/faults", &[], all.as_str()))
        .await
        .unwrap();

    assert_eq!(all, answer.body);
}

#[tokio::test]
async fn shutdown_ends_a_stalled_request() {
    let mock = mock_with(sink("providers/datadog.yaml"), &["stall"]).await;
    let url = mock.url();
    let mut arrivals = mock.subscribe();
    let stalled = tokio::spawn({
        let mut stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://"))
            .await
            .unwrap();
        async move {
            use tokio::io::{AsyncReadExt, AsyncWriteExt};
            stream
                .write_all(b"POST /api/v2/logs HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n")
                .await
                .unwrap();
            stream.read_to_end(&mut Vec::new()).await
        }
    });
    arrivals.next().await.unwrap().unwrap();

    mock.shutdown().await;

    assert_eq!(0, stalled.await.unwrap().unwrap_or_default());
}

#[tokio::test]
async fn a_connection_carries_several_requests_until_it_is_reset() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mock = mock_with(sink("providers/datadog.yaml"), &[]).await;
    let host = mock.url().trim_start_matches("http://").to_owned();
    let mut stream = tokio::net::TcpStream::connect(&host).await.unwrap();
    let push = push(1);
    let body = String::from_utf8(push.body).unwrap();
    let text = format!(
        "POST /api/v2/logs HTTP/1.1\r\nhost: {host}\r\ndd-api-key: example-api-key\r\n\
         content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let mut answer = [0; 12];

    for _ in 0..3 {
        stream.write_all(text.as_bytes()).await.unwrap();
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(b"HTTP/1.1 202", &answer);
        let mut rest = Vec::new();
        while !rest.ends_with(b"\r\n\r\n{}") {
            rest.push(stream.read_u8().await.unwrap());
        }
    }
    mock.add_fault("reset".parse().unwrap());
    stream.write_all(text.as_bytes()).await.unwrap();

    assert_eq!(
        ErrorKind::ConnectionReset,
        stream.read_u8().await.unwrap_err().kind()
    );
    assert_eq!(3, mock.snapshot().counters.stored);
}
