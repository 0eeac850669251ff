//! The HTTP client, what it reads from an answer, and the compressors.

use std::io::{Read, Write};
use std::time::{Duration, UNIX_EPOCH};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use runtime_tests::cloud_sink_base::{Outcome, RejectedItem};
use runtime_tests::cloud_sink_parts::http::{
    HttpClient, HttpResponse, MAX_RESPONSE_BYTES, delay, excerpt, reason, retry_after,
    secret_header, uncompressed,
};
use runtime_tests::cloud_sink_parts::items::{ItemRules, read_first_bad, read_items};
use runtime_tests::cloud_sink_parts::{gzip, zstd};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket};

/// Answers one connection with these bytes and returns its URL.
async fn serve(answer: Vec<u8>) -> reqwest::Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/intake?key=hunter2",
        listener.local_addr().unwrap()
    );
    tokio::spawn(async move {
        let (mut connection, _) = listener.accept().await.unwrap();
        // All of it: closing a connection with bytes unread would reset it.
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            if connection.read_buf(&mut request).await.unwrap_or(0) == 0 {
                return;
            }
        }
        let _ = connection.write_all(&answer).await;
        let _ = connection.shutdown().await;
    });
    url.parse().unwrap()
}

fn client() -> HttpClient {
    HttpClient::new(Duration::from_secs(60)).unwrap()
}

fn response(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: HeaderMap::new(),
        body: body.into(),
    }
}

#[tokio::test]
async fn redirect_is_an_answer_and_not_followed() {
    let url = serve(
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
            .to_vec(),
    )
    .await;
    let client = client();

    let response = client
        .send(client.request(Method::POST, &url))
        .await
        .unwrap();

    assert_eq!(302, response.status);
}

#[tokio::test]
async fn body_is_read_to_its_bound() {
    let mut answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    answer.resize(answer.len() + MAX_RESPONSE_BYTES + 500_000, b'x');
    let url = serve(answer).await;
    let client = client();

    let response = client
        .send(client.request(Method::POST, &url))
        .await
        .unwrap();

    assert_eq!(MAX_RESPONSE_BYTES, response.body.len());
}

#[tokio::test]
async fn broken_connection_is_transient_and_shows_no_url() {
    let url = serve(Vec::new()).await;
    let client = client();

    let error = client
        .send(client.request(Method::POST, &url))
        .await
        .unwrap_err();

    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("hunter2") && !shown.contains("intake"),
        "{shown}"
    );
    assert!(matches!(
        Outcome::from(error),
        Outcome::Transient {
            retry_after: None,
            ..
        }
    ));
}

#[tokio::test]
async fn refused_connection_says_so() {
    // Bound and not listening, so that nobody else gets the port meanwhile.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let url = format!("http://{}/", socket.local_addr().unwrap())
        .parse()
        .unwrap();
    let client = client();

    let error = client
        .send(client.request(Method::POST, &url))
        .await
        .unwrap_err();

    assert!(error.to_string().starts_with("cannot connect"), "{error}");
}

#[test]
fn retry_after_is_read_and_clamped() {
    let now = UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (text, expected) in [
        ("0", Some(0.0)),
        ("7", Some(7.0)),
        ("1.5", Some(1.5)),
        (" 7 ", Some(7.0)),
        ("86400", Some(300.0)),
        ("99999999999999999999999999999999999999", Some(300.0)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10.0)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0.0)),
        ("Sat, 06 Nov 2094 08:49:47 GMT", Some(300.0)),
        ("-1", None),
        ("+1", None),
        ("inf", None),
        ("nan", None),
        ("1e9", None),
        ("1.2.3", None),
        ("", None),
        ("Sun Nov  6 08:49:47 1994", Some(10.0)),
        ("soon", None),
    ] {
        assert_eq!(
            expected.map(Duration::from_secs_f64),
            delay(text, now),
            "{text}"
        );
    }
}

#[test]
fn retry_after_is_found_by_its_header() {
    let mut response = response(429, "");
    assert_eq!(None, retry_after(&response, "Retry-After"));

    let seconds = HeaderValue::from_static("7");
    response.headers.insert("retry-after", seconds);

    let expected = Some(Duration::from_secs(7));
    assert_eq!(expected, retry_after(&response, "Retry-After"));
}

#[test]
fn excerpt_is_one_short_line() {
    assert_eq!("a b", excerpt(b"\r\na\nb\x1b"));
    assert_eq!(200, excerpt("é".repeat(1_000).as_bytes()).chars().count());
}

#[test]
fn reason_names_the_status_and_quotes_the_body() {
    let slow = "HTTP 429 Too Many Requests: slow";
    assert_eq!(slow, reason(&response(429, "slow")));
    assert_eq!("HTTP 599", reason(&response(599, "")));
}

#[test]
fn secret_header_never_prints_and_refuses_line_breaks() {
    let header = secret_header("hunter2").unwrap();

    assert!(!format!("{header:?}").contains("hunter2"));
    assert_eq!(None, secret_header("a\r\nb: c"));
}

const RULES: ItemRules = ItemRules {
    list: "/items",
    status: "/create/status",
    error: Some("/create/error/reason"),
    delivered: |status| matches!(status, 200..=299 | 409),
    retryable: |status| matches!(status, 429 | 503),
    refused_when: Some(("/create/failure", "used")),
};

#[test]
fn items_are_told_apart() {
    let body = br#"{"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400,
        "error":{"reason":"mapping"}}},{"create":{"status":409}},{"create":{"status":201,"failure":"used"}}]}"#;

    let outcome = read_items(body, 5, &RULES);

    let rejected = vec![
        RejectedItem::refused(2, "status 400: mapping"),
        RejectedItem::refused(4, "status 201"),
    ];
    assert_eq!(
        Outcome::Partial {
            rejected,
            retry: vec![1]
        },
        outcome
    );
}

#[test]
fn answer_that_does_not_list_every_event_is_transient() {
    for body in [
        &b"{}"[..],
        b"<html>",
        b"",
        br#"{"items":[]}"#,
        br#"{"items":{}}"#,
        br#"{"items":[{"create":{}}]}"#,
        br#"{"items":[{"create":{"status":"ok"}}]}"#,
    ] {
        assert!(matches!(
            read_items(body, 1, &RULES),
            Outcome::Transient { .. }
        ));
    }
}

#[test]
fn status_may_be_text() {
    let body = br#"{"items":[{"create":{"status":"201"}}]}"#;

    assert_eq!(Outcome::Delivered, read_items(body, 1, &RULES));
}

#[test]
fn first_bad_event_leaves_those_before_it_uncertain() {
    let outcome = read_first_bad(br#"{"invalid":1}"#, "/invalid", 4, "bad");

    let rejected = vec![RejectedItem::uncertain(0), RejectedItem::refused(1, "bad")];
    assert_eq!(
        Some(Outcome::Partial {
            rejected,
            retry: vec![2, 3]
        }),
        outcome
    );
    assert_eq!(
        None,
        read_first_bad(br#"{"invalid":9}"#, "/invalid", 4, "bad")
    );
}

#[test]
fn compressed_body_is_what_was_written() {
    let text = "log line\n".repeat(1_000);
    let write = |out: &mut dyn Write| out.write_all(text.as_bytes());

    let body = gzip::compress(write).unwrap();
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&body[..])
        .read_to_string(&mut unpacked)
        .unwrap();

    assert_eq!(text, unpacked);
    assert!(body.len() < text.len() / 10);
    let body = zstd::compress(write).unwrap();
    assert_eq!(text.as_bytes(), &::zstd::decode_all(&body[..]).unwrap()[..]);
    assert_eq!(text.as_bytes(), &uncompressed(write).unwrap()[..]);
}
