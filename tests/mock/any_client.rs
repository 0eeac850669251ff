//! A stand-in for other clients than the sinks of its spec: what it then takes, and what it refuses still.

use std::sync::Arc;

use fapilog_gen::mock::{Clients, MockOptions, MockServer, start};

use crate::support::{Request, options, send, sink};

/// What a client of the vendor's own might send: an attribute more, several less.
const RECORD: &str = r#"[{"ddsource":"nginx","message":"hello","other":{"n":1}}]"#;

async fn datadog(clients: Clients) -> MockServer {
    let options = MockOptions {
        clients,
        ..options()
    };
    let sink = sink("providers/datadog.yaml");
    start(Arc::new(sink), options).await.unwrap()
}

fn request(body: impl Into<Vec<u8>>) -> Request {
    let headers = [
        ("dd-api-key", "example-api-key"),
        ("content-type", "application/json; charset=utf-8"),
    ];
    Request::new("/api/v2/logs?ddtags=env:prod", &headers, body)
}

async fn status(mock: &MockServer, request: &Request) -> u16 {
    send(mock, request).await.unwrap().status
}

#[tokio::test]
async fn what_a_sink_would_not_send_is_refused_unless_any_client_may() {
    let strict = datadog(Clients::Sinks).await;
    let lenient = datadog(Clients::Any).await;
    let deflated = miniz_oxide::deflate::compress_to_vec_zlib(RECORD.as_bytes(), 6);
    let sent = [
        request(RECORD),
        request(RECORD).header("content-type", None),
        request(RECORD).header("content-type", Some("application/vnd.acme+json")),
        request(deflated).header("content-encoding", Some("deflate")),
        request(RECORD).method("PUT"),
    ];

    for request in &sent {
        assert_ne!(202, status(&strict, request).await, "{request:?}");
        assert_eq!(202, status(&lenient, request).await, "{request:?}");
    }

    assert_eq!(0, strict.snapshot().records.len());
    assert_eq!(5, lenient.snapshot().records.len());
    strict.shutdown().await;
    lenient.shutdown().await;
}

#[tokio::test]
async fn any_client_still_needs_credentials_an_address_and_a_body_that_can_be_read() {
    let mock = datadog(Clients::Any).await;
    let long = format!(r#"[{{"message":"{}"}}]"#, "x".repeat(6_000_000));

    let wrong_key = request(RECORD).header("dd-api-key", Some("wrong"));
    assert_eq!(403, status(&mock, &wrong_key).await);
    assert_eq!(
        404,
        status(&mock, &request(RECORD).path("/api/v1/logs")).await
    );
    let text = request(RECORD).header("content-type", Some("text/plain"));
    assert_eq!(400, status(&mock, &text).await);
    assert_eq!(400, status(&mock, &request("[1]")).await);
    assert_eq!(400, status(&mock, &request("[{")).await);
    let corrupt = request(RECORD).header("content-encoding", Some("deflate"));
    assert_eq!(400, status(&mock, &corrupt).await);
    assert_eq!(413, status(&mock, &request(long)).await);

    assert_eq!(0, mock.snapshot().records.len());
    mock.shutdown().await;
}
