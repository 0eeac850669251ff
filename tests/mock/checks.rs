//! What every provider's stand-in checks, shown with Datadog.

use fapilog_gen::mock::MockServer;

use crate::support::{Request, datadog, datadog_record, gzip, mock, page, send, sink, zstd};

async fn datadog_mock() -> MockServer {
    mock(sink("providers/datadog.yaml")).await
}

/// Sends a request that must be refused; gives the problem the stand-in saw.
async fn refused(mock: &MockServer, request: &Request, status: u16) -> String {
    let answer = send(mock, request).await.unwrap();
    assert_eq!(status, answer.status, "{answer:?}");
    let problem = mock.snapshot().requests.last().unwrap().problem.clone();
    problem.expect("the stand-in says what is wrong")
}

fn good() -> Request {
    datadog(&[datadog_record(1, -1)])
}

#[tokio::test]
async fn a_documented_request_is_stored() {
    let mock = datadog_mock().await;

    let answer = send(&mock, &good()).await.unwrap();

    assert_eq!((202, "{}"), (answer.status, answer.body.as_str()));
    let seen = mock.snapshot();
    assert_eq!(1, seen.records.len());
    assert_eq!(datadog_record(1, -1), seen.records[0].text);
    assert_eq!("event 0001", seen.records[0].fields["message"]);
    assert_eq!(Some(1_767_323_045_000_000_000), seen.records[0].timestamp);
    assert_eq!(
        (1, 1, 0),
        (
            seen.counters.requests,
            seen.counters.stored,
            seen.counters.problems
        )
    );
    mock.shutdown().await;
}

#[tokio::test]
async fn address_and_method_are_checked() {
    let mock = datadog_mock().await;

    assert!(
        refused(&mock, &good().path("/api/v1/logs"), 404)
            .await
            .contains("`/api/v2/logs`")
    );
    assert!(
        refused(&mock, &good().method("PUT"), 405)
            .await
            .contains("expected POST")
    );
    assert!(
        refused(&mock, &good().path("/api/v2/logs?debug=1"), 400)
            .await
            .contains("`debug`")
    );
}

#[tokio::test]
async fn credentials_are_checked_and_never_shown() {
    let mock = datadog_mock().await;

    let missing = refused(&mock, &good().header("dd-api-key", None), 403).await;
    let wrong = refused(&mock, &good().header("dd-api-key", Some("wrong-key")), 403).await;
    send(&mock, &good()).await.unwrap();

    assert!(missing.contains("`dd-api-key` is missing"), "{missing}");
    assert!(wrong.contains("wrong `api_key`"), "{wrong}");
    let shown = page(&mock, "/__mock/requests").await;
    assert!(
        !shown.contains("wrong-key") && !shown.contains("example-api-key"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_secret_in_the_address_is_never_shown() {
    let mock = mock(sink("tests/backends/sumo_string.yaml")).await;
    let headers = [
        ("content-type", "application/json"),
        ("x-sumo-client", "fapilog"),
    ];
    let request = Request::new("/receiver/v1/http/the-secret-code", &headers, "m\n");

    send(&mock, &request).await.unwrap();

    assert_eq!(
        "/receiver/v1/http/***",
        mock.snapshot().requests[0].path.as_str()
    );
    let shown = page(&mock, "/__mock/requests").await;
    assert!(!shown.contains("the-secret-code"), "{shown}");
}

#[tokio::test]
async fn content_type_is_exact() {
    let mock = datadog_mock().await;

    let other = good().header("content-type", Some("application/json; charset=utf-8"));
    assert!(refused(&mock, &other, 400).await.contains("content type"));
    assert!(
        refused(&mock, &good().header("content-type", None), 400)
            .await
            .contains("no content type")
    );
}

#[tokio::test]
async fn offered_encodings_decode_and_others_are_refused() {
    let mock = datadog_mock().await;
    let body = good().body;
    let with =
        |coding: &str, body: Vec<u8>| good().header("content-encoding", Some(coding)).body(body);

    for request in [
        with("gzip", gzip(&body)),
        with("zstd", zstd(&body)),
        with("identity", body.clone()),
    ] {
        assert_eq!(202, send(&mock, &request).await.unwrap().status);
    }
    assert_eq!(3, mock.snapshot().counters.stored);
    assert!(
        refused(&mock, &with("br", body.clone()), 400)
            .await
            .contains("`br` is not offered")
    );
    assert!(
        refused(&mock, &with("gzip", body.clone()), 400)
            .await
            .contains("gzip")
    );
    assert!(
        refused(&mock, &with("zstd", body), 400)
            .await
            .contains("zstd")
    );
    assert!(
        refused(&mock, &good().body(gzip(b"[]")), 400)
            .await
            .contains("UTF-8")
    );
}

#[tokio::test]
async fn size_limits_hold_to_the_byte() {
    let mut provider = sink("providers/datadog.yaml");
    let one = datadog_record(1, 0).len() as u64;
    provider.limits.max_batch_bytes.value = 3 * one + 4;
    provider.limits.max_event_bytes.value = one;
    let mock = mock(provider).await;
    let three: Vec<_> = (1..=3).map(|id| datadog_record(id, 0)).collect();
    let mut long = three.clone();
    long[1].insert(1, ' ');

    assert_eq!(202, send(&mock, &datadog(&three)).await.unwrap().status);
    let spaced = datadog(&three).body(format!("[{} ]", three.join(",")));
    assert!(
        refused(&mock, &spaced, 413)
            .await
            .contains("bytes in the body")
    );
    assert!(
        refused(&mock, &datadog(&long[..2]), 413)
            .await
            .contains("bytes in one event")
    );
}

#[tokio::test]
async fn event_count_is_limited() {
    let mock = datadog_mock().await;
    let records: Vec<_> = (0..1001).map(|id| datadog_record(id, 0)).collect();

    assert_eq!(
        202,
        send(&mock, &datadog(&records[..1000]))
            .await
            .unwrap()
            .status
    );
    assert!(
        refused(&mock, &datadog(&records), 413)
            .await
            .contains("1001 events")
    );
    assert_eq!(1000, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn a_body_that_never_ends_is_cut_off() {
    let mock = datadog_mock().await;
    let bound = 2 * 5_000_000 + 1024 * 1024;

    let answer = send(&mock, &good().body(vec![b' '; bound + 1])).await;

    // The answer can be lost to a reset, because the body was not read to its end.
    assert!(answer.map_or(true, |answer| answer.status == 413));
    assert!(
        mock.snapshot().requests[0]
            .problem
            .as_ref()
            .unwrap()
            .contains("larger than")
    );
    let bomb = good()
        .header("content-encoding", Some("gzip"))
        .body(gzip(&vec![b' '; 20_000_000]));
    assert!(refused(&mock, &bomb, 413).await.contains("once decoded"));
}

#[tokio::test]
async fn record_structure_is_checked() {
    let mock = datadog_mock().await;
    let record = datadog_record(1, 0);
    let cases = [
        (
            record.replace("\"message\":\"event 0001\",", ""),
            "`message` is missing",
        ),
        (
            record.replace("\"event 0001\"", "5"),
            "expected a text, found the number 5",
        ),
        (
            record.replace("\"status\":\"info\"", "\"status\":\"INFO\""),
            "`status`",
        ),
        (
            record.replace("\"status\":\"info\"", "\"status\":\"warning\""),
            "one of the provider's levels",
        ),
        (
            record.replace(
                "\"ddsource\":\"fapilog\"",
                "\"ddtags\":[\"a:b\"],\"ddsource\":\"x\"",
            ),
            "`ddtags`",
        ),
        (
            record.replace("1767323046000", "\"2026-01-02T03:04:06Z\""),
            "whole milliseconds",
        ),
        (
            record.replace("1767323046000", "1767323046.5"),
            "whole milliseconds",
        ),
        (
            record.replace('}', ",\"context\":[]}"),
            "`context`: expected an object, found a list",
        ),
        (
            record.replace('}', ",\"message\":\"again\"}"),
            "stands twice",
        ),
        ("7".to_owned(), "expected an object"),
    ];

    for (bad, problem) in cases {
        let found = refused(&mock, &datadog(&[datadog_record(0, 0), bad]), 400).await;
        assert!(found.contains(problem), "{found} does not say {problem}");
    }
    assert!(
        refused(&mock, &good().body("[]"), 400)
            .await
            .contains("no records")
    );
    assert!(
        refused(&mock, &good().body("{}"), 400)
            .await
            .contains("expected a list")
    );
    assert!(
        refused(&mock, &good().body("[{},"), 400)
            .await
            .contains("not JSON")
    );
    assert_eq!(0, mock.snapshot().counters.stored);
}

#[tokio::test]
async fn events_outside_the_window_are_discarded_where_the_vendor_does_so() {
    let mock = datadog_mock().await;
    let records = [-64_801, -64_800, 0, 7200, 7201].map(|offset| datadog_record(0, offset));

    assert_eq!(202, send(&mock, &datadog(&records)).await.unwrap().status);

    let seen = mock.snapshot();
    let discarded: Vec<_> = seen.records.iter().map(|record| record.discarded).collect();
    assert_eq!(vec![true, false, false, false, true], discarded);
    assert_eq!(
        (3, 2, 0),
        (
            seen.counters.stored,
            seen.counters.discarded,
            seen.counters.refused
        )
    );
}

#[tokio::test]
async fn the_health_check_is_answered() {
    let mock = datadog_mock().await;
    let check =
        Request::new("/api/v1/validate", &[("dd-api-key", "example-api-key")], "").method("GET");

    assert_eq!(200, send(&mock, &check).await.unwrap().status);
    assert_eq!(
        403,
        send(&mock, &check.header("dd-api-key", Some("x")))
            .await
            .unwrap()
            .status
    );
}

#[tokio::test]
async fn pages_show_what_arrived() {
    let mock = datadog_mock().await;
    let mut arrivals = mock.subscribe();
    send(&mock, &good()).await.unwrap();
    send(&mock, &good().body("nonsense")).await.unwrap();

    let records = page(&mock, "/__mock/records").await;
    let stats: serde_json::Value =
        serde_json::from_str(&page(&mock, "/__mock/stats").await).unwrap();
    let requests = page(&mock, "/__mock/requests").await;

    let record: serde_json::Value = serde_json::from_str(records.trim()).unwrap();
    assert_eq!("event 0001", record["fields"]["message"]);
    assert_eq!(
        (2, 1),
        (
            stats["requests"].as_u64().unwrap(),
            stats["problems"].as_u64().unwrap()
        )
    );
    assert_eq!(2, requests.lines().count());
    assert_eq!(1, arrivals.next().await.unwrap().unwrap().records.len());
    assert!(
        arrivals
            .next()
            .await
            .unwrap()
            .unwrap()
            .request
            .problem
            .is_some()
    );
    assert_eq!(
        200,
        send(&mock, &Request::new("/__mock/reset", &[], ""))
            .await
            .unwrap()
            .status
    );
    assert_eq!(0, mock.snapshot().counters.requests);
    assert!(page(&mock, "/__mock/nothing").await.contains("pages are"));
}
