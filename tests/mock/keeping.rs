//! What the stand-in keeps, and who may ask for it.

use fapilog_gen::mock::{Missed, MockOptions, MockServer, start};

use crate::support::{Request, datadog, datadog_record, mock, options, page, send, sink};

async fn datadog_mock(options: MockOptions) -> MockServer {
    start(sink("providers/datadog.yaml").into(), options)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_oldest_records_leave_but_stay_counted() {
    let options = MockOptions {
        max_records: 2,
        max_requests: 1,
        ..options()
    };
    let mock = datadog_mock(options).await;

    for id in 0..3 {
        send(&mock, &datadog(&[datadog_record(id, 0)]))
            .await
            .unwrap();
    }

    let seen = mock.snapshot();
    assert_eq!((2, 1), (seen.records.len(), seen.requests.len()));
    assert_eq!(
        (3, 1, 3),
        (
            seen.counters.stored,
            seen.counters.forgotten,
            seen.counters.requests
        )
    );
    assert!(seen.records[0].text.contains("event 0001"));
}

#[tokio::test]
async fn memory_is_bounded_however_few_and_long_the_records_are() {
    let options = MockOptions {
        max_bytes: 20_000,
        ..options()
    };
    let mock = datadog_mock(options).await;
    let long = |id| datadog_record(id, 0).replace("event", &"x".repeat(9_000));

    for id in 0..5 {
        let request = datadog(&[long(id)]).header("x-long", Some(&"y".repeat(9_000)));
        assert_eq!(202, send(&mock, &request).await.unwrap().status);
    }

    let seen = mock.snapshot();
    assert_eq!((2, 2), (seen.records.len(), seen.requests.len()));
    assert_eq!((5, 3), (seen.counters.stored, seen.counters.forgotten));
    assert!(seen.records[1].text.contains("0004"));
}

#[tokio::test]
async fn who_looks_late_is_told_what_is_gone() {
    let options = MockOptions {
        max_records: 3,
        max_requests: 2,
        ..options()
    };
    let mock = datadog_mock(options).await;
    let mut arrivals = mock.subscribe();

    for id in [0, 10, 20] {
        let records = [datadog_record(id, 0), datadog_record(id + 1, 0)];
        send(&mock, &datadog(&records)).await.unwrap();
    }

    assert_eq!(Missed(1), arrivals.next().await.unwrap().unwrap_err());
    let second = arrivals.next().await.unwrap().unwrap();
    assert_eq!((2, 1), (second.request.number, second.missed));
    assert!(second.records[0].text.contains("event 0011"));
    let third = arrivals.next().await.unwrap().unwrap();
    assert_eq!(
        (3, 0, 2),
        (third.request.number, third.missed, third.records.len())
    );
    mock.shutdown().await;
    assert!(arrivals.next().await.is_none());
}

#[tokio::test]
async fn everything_kept_is_on_the_page_once_and_in_order() {
    let mock = mock(sink("providers/datadog.yaml")).await;
    let records: Vec<_> = (0..900).map(|id| datadog_record(id, 0)).collect();
    send(&mock, &datadog(&records)).await.unwrap();

    let page = page(&mock, "/__mock/records").await;

    let texts: Vec<String> = page
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|record| record["text"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(records, texts);
}

#[tokio::test]
async fn no_page_of_a_browser_reads_or_steers_it() {
    let mock = mock(sink("providers/datadog.yaml")).await;
    let records = Request::new("/__mock/records", &[], "").method("GET");
    let reset = Request::new("/__mock/reset", &[], "");
    send(&mock, &datadog(&[datadog_record(1, 0)]))
        .await
        .unwrap();

    for refused in [
        records.clone().header("host", Some("rebound.example:80")),
        records
            .clone()
            .header("origin", Some("http://other.example")),
        reset.clone().header("origin", Some("null")),
    ] {
        let answer = send(&mock, &refused).await.unwrap();
        assert_eq!(403, answer.status, "{refused:?}");
        assert!(!answer.body.contains("event"), "{answer:?}");
    }

    assert_eq!(1, mock.counters().stored);
    let own = records.header("origin", Some(&mock.url()));
    assert_eq!(200, send(&mock, &own).await.unwrap().status);
}

#[tokio::test]
async fn faults_that_wait_are_bounded() {
    let mock = mock(sink("providers/datadog.yaml")).await;
    let add = |count| Request::new("/__mock/faults", &[], "reset\n".repeat(count));

    assert_eq!(200, send(&mock, &add(1000)).await.unwrap().status);
    assert_eq!(400, send(&mock, &add(1)).await.unwrap().status);

    assert_eq!(1000, page(&mock, "/__mock/faults").await.lines().count());
}
