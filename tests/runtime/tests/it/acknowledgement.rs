//! Waiting until a provider says that it has stored what it took.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use reqwest::header::HeaderMap;
use runtime_tests::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, DropReason, HealthError, Outcome, SinkParts, Surroundings,
    Timestamp, Transport,
};
use runtime_tests::cloud_sink_parts::acknowledgement::Acknowledgement;
use runtime_tests::cloud_sink_parts::http::HttpResponse;
use runtime_tests::cloud_sink_parts::http_transport::{Confirm, SendError};
use runtime_tests::cloud_sink_parts::request::{HttpRequest, RequestBuilder};
use tokio::time::Instant;

use crate::support::*;

const MINUTE: Duration = Duration::from_secs(60);

fn request(path: &str, headers: &[(&str, &str)]) -> HttpRequest {
    let mut request = RequestBuilder::new(Method::POST, &[&"http://a"]);
    request.path(path);
    for (name, value) in headers {
        request.header(name, &[value]);
    }
    request.finish().unwrap()
}

fn acknowledgement() -> Acknowledgement {
    Acknowledgement {
        request: request("/ack", &[]),
        body: r#"{"acks":[{id}]}"#,
        id: "/ackId",
        acknowledged: "/acks/{id}",
        every: Duration::from_secs(10),
        within: MINUTE,
    }
}

fn answer(status: u16, body: &str) -> HttpResponse {
    HttpResponse {
        status,
        headers: HeaderMap::new(),
        body: body.into(),
    }
}

fn down(reason: &str) -> SendError {
    SendError {
        outcome: Outcome::Transient {
            retry_after: None,
            reason: reason.to_owned(),
        },
        reason: reason.to_owned(),
    }
}

type Reply = Result<(u16, &'static str), &'static str>;

/// What became of a batch that was answered with `accepted`; the questions, and when they came.
async fn confirm(
    accepted: &str,
    replies: &[Reply],
) -> (Outcome, Vec<(Duration, HttpRequest, Bytes)>) {
    let began = Instant::now();
    let replies = Mutex::new(replies.iter().copied().collect::<VecDeque<_>>());
    let asked = Mutex::new(Vec::new());
    let given = acknowledgement();
    let headers = [
        ("Authorization", "Splunk t"),
        ("Content-Type", "text/plain"),
        ("Content-Encoding", "gzip"),
    ];
    let ask = |request: HttpRequest, body: Bytes| {
        let (replies, asked) = (&replies, &asked);
        let reply: BoxFuture<'_, _> = Box::pin(async move {
            asked.lock().unwrap().push((began.elapsed(), request, body));
            let reply = replies.lock().unwrap().pop_front();
            match reply.unwrap_or(Ok((200, r#"{"acks":{"7":false}}"#))) {
                Ok((status, body)) => Ok(answer(status, body)),
                Err(reason) => Err(down(reason)),
            }
        });
        reply
    };

    let outcome = given
        .confirm(
            request("/in", &headers),
            answer(200, accepted),
            Box::new(ask),
        )
        .await;

    (outcome, asked.into_inner().unwrap())
}

#[tokio::test(start_paused = true)]
async fn what_is_acknowledged_is_delivered() {
    let replies = [
        Ok((200, r#"{"acks":{"7":false}}"#)),
        Ok((200, r#"{"acks":{"7":true}}"#)),
    ];

    let (outcome, asked) = confirm(r#"{"code":0,"ackId":7}"#, &replies).await;

    assert_eq!(Outcome::Delivered, outcome);
    assert_eq!(2, asked.len());
    let (_, question, body) = &asked[1];
    assert_eq!(
        ("http://a/ack", &br#"{"acks":[7]}"#[..]),
        (question.url.as_str(), &body[..])
    );
    assert_eq!("Splunk t", question.headers["authorization"]);
    assert_eq!("application/json", question.headers["content-type"]);
    assert!(!question.headers.contains_key("content-encoding"));
}

#[tokio::test(start_paused = true)]
async fn questions_that_fail_are_asked_again() {
    let replies = [
        Err("connection reset"),
        Ok((503, r#"{"acks":{"7":true}}"#)),
        Ok((200, r#"{"acks":"#)),
        Ok((200, "<html>login</html>")),
        Ok((200, r#"{"acks":{"7":"true"}}"#)),
        Ok((200, r#"{"acks":{"8":true}}"#)),
        Ok((200, r#"{"acks":{"7":true}}"#)),
    ];

    let (outcome, asked) = confirm(r#"{"ackId":7}"#, &replies).await;

    assert_eq!((Outcome::Delivered, replies.len()), (outcome, asked.len()));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_acknowledged_in_time_is_sent_again() {
    let began = Instant::now();

    let (outcome, asked) = confirm(r#"{"ackId":7}"#, &[]).await;

    let Outcome::Transient { reason, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(
        r#"not acknowledged within 60 s, perhaps stored: HTTP 200 OK: {"acks":{"7":false}}"#,
        reason
    );
    assert_eq!(MINUTE, began.elapsed());
    // Twice as far apart each, up to the longest pause.
    let moments: Vec<u128> = asked.iter().map(|(at, ..)| at.as_millis()).collect();
    assert_eq!(
        vec![
            100, 300, 700, 1_500, 3_100, 6_300, 12_700, 22_700, 32_700, 42_700, 52_700
        ],
        moments
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_without_an_id_pauses() {
    for body in [
        "",
        "{}",
        r#"{"ackId":null}"#,
        r#"{"ackId":-1}"#,
        r#"{"ackId":""}"#,
    ] {
        let (outcome, asked) = confirm(body, &[]).await;

        assert!(
            matches!(outcome, Outcome::Paused { .. }),
            "{body} {outcome:?}"
        );
        assert!(asked.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn an_id_may_be_a_text() {
    let stored = [Ok((200, r#"{"acks":{"a/\"~b":true}}"#))];

    let (outcome, asked) = confirm(r#"{"ackId":"a/\"~b"}"#, &stored).await;

    assert_eq!(Outcome::Delivered, outcome);
    assert_eq!(&br#"{"acks":["a/\"~b"]}"#[..], &asked[0].2[..]);
}

/// A script whose attempts may take a minute longer than others.
struct Confirming(Arc<Script>);

impl Transport for Confirming {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        self.0.send(batch)
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        self.0.health_check()
    }

    fn confirms_within(&self) -> Duration {
        MINUTE
    }
}

fn start_confirming(script: &Arc<Script>) -> CloudSink {
    let transport = Arc::new(Confirming(Arc::clone(script)));
    let parts = SinkParts {
        transport: Box::new(move || Ok(transport)),
        ..parts(script, limits(), delivery())
    };
    let surroundings = Surroundings {
        wall_clock: Box::new(|| Timestamp::from_unix_nanos(TODAY)),
        seed: 7,
    };
    let (sink, worker) = CloudSink::assemble(parts, surroundings).unwrap();
    tokio::spawn(worker.run());
    sink
}

#[tokio::test(start_paused = true)]
async fn an_attempt_may_wait_longer_than_its_limit() {
    let script = Script::new([Step::AnswerAfter(
        Duration::from_secs(65),
        Outcome::Delivered,
    )]);
    let sink = start_confirming(&script);
    write_numbers(&sink, 10).await;

    let report = finish_within(&sink, &script, 2 * MINUTE).await;

    assert_eq!((10, 1), (report.delivered, report.requests));
}

#[tokio::test(start_paused = true)]
async fn a_batch_that_waits_holds_up_no_other() {
    let waits = Step::AnswerAfter(MINUTE, Outcome::Delivered);
    let script = Script::new([waits]);
    let sink = start_confirming(&script);
    write_numbers(&sink, 30).await;

    let flushed = sink.flush(Duration::from_secs(5)).await;

    assert!(flushed.is_err(), "the first batch waits");
    assert_eq!((20, 10), (sink.stats().delivered, sink.stats().pending));
    assert_eq!(
        30,
        finish_within(&sink, &script, 2 * MINUTE).await.delivered
    );
}

#[tokio::test(start_paused = true)]
async fn stop_ends_at_its_deadline_while_batches_wait() {
    let waits = Step::AnswerAfter(MINUTE, Outcome::Delivered);
    let script = Script::new([waits]);
    let sink = start_confirming(&script);
    write_numbers(&sink, 10).await;
    let began = Instant::now();

    let report = finish_within(&sink, &script, Duration::from_secs(5)).await;

    assert_eq!(Some(&10), report.dropped.get(&DropReason::ShutdownDeadline));
    assert!(began.elapsed() <= Duration::from_secs(5));
}
