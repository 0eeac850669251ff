//! The HTTP client, what it reads from an answer, and the compressors.

use std::io::{Read, Write};
use std::time::{Duration, UNIX_EPOCH};

use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use runtime_tests::cloud_sink_base::{Outcome, RejectedItem};
use runtime_tests::cloud_sink_parts::answer::{Answer, Places, RetryAfter, excerpt};
use runtime_tests::cloud_sink_parts::codes::Codes;
use runtime_tests::cloud_sink_parts::delay::delay;
use runtime_tests::cloud_sink_parts::http::{
    HttpClient, HttpResponse, MAX_RESPONSE_BYTES, secret_header,
};
use runtime_tests::cloud_sink_parts::http_transport::UNCOMPRESSED;
use runtime_tests::cloud_sink_parts::items::{Items, ItemsBy};
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
        ("86400", Some(86_400.0)),
        ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10.0)),
        ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0.0)),
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

fn asked(header: &'static str, value: &'static str, place: RetryAfter) -> Option<Duration> {
    let mut response = response(429, "");
    let value = HeaderValue::from_static(value);
    response.headers.insert(header, value);
    let places = Places {
        retry_after: place,
        ..Places::USUAL
    };
    Answer::new(&response, places, 1).retry_after()
}

#[test]
fn retry_after_is_found_by_its_header_and_bounded() {
    let seconds = RetryAfter::Seconds("retry-after");

    assert_eq!(None, asked("other", "7", seconds));
    assert_eq!(
        Some(Duration::from_secs(7)),
        asked("retry-after", "7", seconds)
    );
    for long in ["86400", "99999999999999999999999999999999999999"] {
        assert_eq!(
            Some(Duration::from_secs(300)),
            asked("retry-after", long, seconds)
        );
    }
}

#[test]
fn retry_after_has_units() {
    let seven = Some(Duration::from_secs(7));

    assert_eq!(
        Some(Duration::from_millis(1_500)),
        asked("x", "1500", RetryAfter::Milliseconds("x"))
    );
    assert_eq!(
        Some(Duration::ZERO),
        asked("x", "1000", RetryAfter::EpochSeconds("x"))
    );
    assert_eq!(
        Some(Duration::from_secs(300)),
        asked("x", "99999999999", RetryAfter::EpochSeconds("x"))
    );
    for text in ["limit=100, reset=7", "\"burst\";r=0;t=7"] {
        assert_eq!(seven, asked("x", text, RetryAfter::Reset("x")), "{text}");
    }
}

#[test]
fn excerpt_is_one_short_line() {
    assert_eq!("a b", excerpt(b"\r\na\nb\x1b"));
    assert_eq!(200, excerpt("é".repeat(1_000).as_bytes()).chars().count());
}

#[test]
fn reason_names_the_status_and_quotes_the_body() {
    let reason = |status, body| Answer::new(&response(status, body), Places::USUAL, 1).reason();

    assert_eq!("HTTP 429 Too Many Requests: slow", reason(429, "slow"));
    assert_eq!("HTTP 599", reason(599, ""));
}

#[test]
fn web_page_is_no_verdict() {
    for page in ["<!DOCTYPE html><p>sign in", "\n <HTML>"] {
        let response = response(200, page);
        let answer = Answer::new(&response, Places::USUAL, 1);
        let verdicts = [
            answer.delivered(),
            answer.bisect(),
            answer.rejected(),
            answer.uncertain(),
            answer.items(&RULES),
            answer.first_bad("/invalid"),
        ];

        for outcome in verdicts {
            assert!(matches!(outcome, Outcome::Paused { .. }), "{outcome:?}");
        }
        assert!(matches!(answer.transient(), Outcome::Transient { .. }));
    }
}

#[test]
fn codes_are_numbers_words_or_missing() {
    let codes = Codes {
        numbers: &[8],
        ranges: &[400..=499],
        words: &["Busy", "08"],
        ..Codes::NONE
    };
    let holds = |text| codes.holds(Some(&serde_json::from_str(text).unwrap()));

    for held in ["8", "\"8\"", "429", "\"Busy\"", "\"08\""] {
        assert!(holds(held), "{held}");
    }
    for other in ["9", "\"008\"", "8.5", "\"busy\"", "null", "true"] {
        assert!(!holds(other), "{other}");
    }
    assert!(!codes.holds(None));
    let absent = Codes {
        absent: true,
        ..Codes::NONE
    };
    assert!(absent.holds(None) && absent.holds(Some(&serde_json::Value::Null)));
}

#[test]
fn secret_header_never_prints_and_refuses_line_breaks() {
    let header = secret_header("hunter2").unwrap();

    assert!(!format!("{header:?}").contains("hunter2"));
    assert_eq!(None, secret_header("a\r\nb: c"));
}

const RULES: Items = Items {
    by: ItemsBy::Position("/items"),
    code: "/create/status",
    error: Some("/create/error/reason"),
    delivered: Codes {
        numbers: &[409],
        ranges: &[200..=299],
        ..Codes::NONE
    },
    retryable: Codes {
        numbers: &[429, 503],
        ..Codes::NONE
    },
    refused_when: Some(("/create/failure", "used")),
};

fn items(body: &str, events: usize, rules: &Items) -> Outcome {
    Answer::new(&response(200, body), Places::USUAL, events).items(rules)
}

#[test]
fn items_are_told_apart() {
    let body = r#"{"items":[{"create":{"status":201}},{"create":{"status":429}},{"create":{"status":400,
        "error":{"reason":"mapping"}}},{"create":{"status":409}},{"create":{"status":201,"failure":"used"}}]}"#;

    let outcome = items(body, 5, &RULES);

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
        "{}",
        "",
        r#"{"items":[]}"#,
        r#"{"items":{}}"#,
        r#"{"items":[{"create":{}}]}"#,
    ] {
        let outcome = items(body, 1, &RULES);
        assert!(matches!(outcome, Outcome::Transient { .. }), "{body}");
    }
}

#[test]
fn status_may_be_text() {
    let body = r#"{"items":[{"create":{"status":"201"}}]}"#;

    assert_eq!(Outcome::Delivered, items(body, 1, &RULES));
}

const FAILED: Items = Items {
    by: ItemsBy::Id("/Failed", "/Id"),
    code: "/Code",
    error: None,
    delivered: Codes::NONE,
    retryable: Codes {
        words: &["Busy"],
        ..Codes::NONE
    },
    refused_when: None,
};

#[test]
fn failed_items_are_found_by_their_position() {
    let by_id = r#"{"Failed":[{"Id":"2","Code":"Busy"},{"Id":"0","Code":"Bad"}]}"#;
    let by_key = r#"{"errors":{"2":{"Code":"Busy"},"0":{"Code":"Bad"}}}"#;
    let keyed = Items {
        by: ItemsBy::Map("/errors"),
        ..FAILED
    };
    let expected = Outcome::Partial {
        rejected: vec![RejectedItem::refused(0, "status Bad")],
        retry: vec![2],
    };

    assert_eq!(expected, items(by_id, 3, &FAILED));
    assert_eq!(expected, items(by_key, 3, &keyed));
    for none in ["{}", r#"{"Failed":null}"#, r#"{"Failed":[]}"#] {
        assert_eq!(Outcome::Delivered, items(none, 3, &FAILED), "{none}");
    }
    let outcome = items(by_id, 2, &FAILED);
    assert!(matches!(outcome, Outcome::Transient { .. }), "{outcome:?}");
}

#[test]
fn counted_failures_are_uncertain() {
    let counted = Items {
        by: ItemsBy::Count("/failed"),
        ..FAILED
    };

    assert_eq!(Outcome::Delivered, items(r#"{"failed":0}"#, 3, &counted));
    assert_eq!(Outcome::Delivered, items("{}", 3, &counted));
    let outcome = items(r#"{"failed":2}"#, 3, &counted);
    assert!(
        matches!(
            outcome,
            Outcome::Uncertain {
                failed: Some(2),
                ..
            }
        ),
        "{outcome:?}"
    );
}

#[test]
fn first_bad_event_leaves_those_before_it_uncertain() {
    let first_bad =
        |body| Answer::new(&response(400, body), Places::USUAL, 4).first_bad("/invalid");

    let Outcome::Partial { rejected, retry } = first_bad(r#"{"invalid":1}"#) else {
        panic!("it is named");
    };
    assert_eq!(RejectedItem::uncertain(0), rejected[0]);
    assert_eq!(1, rejected[1].index);
    assert_eq!(vec![2, 3], retry);
    assert!(matches!(
        first_bad(r#"{"invalid":9}"#),
        Outcome::Bisect { .. }
    ));
}

#[test]
fn compressed_body_is_what_was_written() {
    let text = "log line\n".repeat(1_000);
    let write = |out: &mut dyn Write| out.write_all(text.as_bytes());

    let body = gzip::compress(&write).unwrap();
    let mut unpacked = String::new();
    flate2::read::GzDecoder::new(&body[..])
        .read_to_string(&mut unpacked)
        .unwrap();

    assert_eq!(text, unpacked);
    assert!(body.len() < text.len() / 10);
    let body = zstd::compress(&write).unwrap();
    assert_eq!(text.as_bytes(), &::zstd::decode_all(&body[..]).unwrap()[..]);
    assert_eq!(
        text.as_bytes(),
        &(UNCOMPRESSED.compress)(&write).unwrap()[..]
    );
}
