//! Bodies damaged at random, plain and compressed: every one is answered, and the stand-in goes on.

#[path = "../random_specs/dice.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod dice;
#[path = "../fuzz/mutate.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod mutate;

use fapilog_gen::mock::MockServer;
use fapilog_gen::sink::interpret::from_hex;
use fapilog_gen::sink::{Encoding, Form, Sink};

use crate::support::{Request, gzip, send, sink, zstd};
use crate::vectors::{mock, request, sinks};
use dice::Dice;
use mutate::{corpus, keep, mutate, runs};

/// A damaged body in one of the ways it may come.
fn damaged(dice: &mut Dice, sink: &Sink, good: &Request, other: &[u8]) -> Request {
    let body = mutate(dice, &good.body, other);
    let request = good.clone().body(body.clone());
    let packed = |name: &'static str, pack: fn(&[u8]) -> Vec<u8>, dice: &mut Dice| {
        let whole = pack(&body);
        let bytes = if dice.one_in(2) {
            mutate(dice, &whole, &body)
        } else {
            whole
        };
        request
            .clone()
            .header("content-encoding", Some(name))
            .body(bytes)
    };
    match dice.below(3) {
        0 if sink.compression.contains(&Encoding::Gzip) => packed("gzip", gzip, dice),
        1 if sink.compression.contains(&Encoding::Zstd) => packed("zstd", zstd, dice),
        _ => request,
    }
}

async fn is_answered(mock: &MockServer, request: &Request) {
    let answer = send(mock, request).await;
    if answer
        .as_ref()
        .is_ok_and(|answer| (200..500).contains(&answer.status))
    {
        return;
    }
    keep("mock", &request.body);
    panic!("{} {:?}: {answer:?}", request.path, request.headers);
}

#[tokio::test]
async fn every_damaged_body_is_answered() {
    let mut dice = mutate::dice("mock");
    let corpus = corpus("mock");
    let mut all = sinks();
    let path = "tests/backends/otlp_protobuf.yaml";
    all.push((path.to_owned(), sink(path)));
    for (path, sink) in all {
        let vector = &sink.vectors.requests[0];
        let mock = mock(&sink, vector, &[]).await;
        let mut good = request(&sink, vector);
        if matches!(sink.payload.form, Form::OtlpProtobuf { .. }) {
            good.body = from_hex(&vector.body).unwrap();
        }
        let status = send(&mock, &good).await.unwrap().status;
        let mut sent = 1;

        for body in &corpus {
            is_answered(&mock, &good.clone().body(body.clone())).await;
            sent += 1;
        }
        for _ in 0..runs(30) {
            let other = &corpus[dice.below(corpus.len())];
            is_answered(&mock, &damaged(&mut dice, &sink, &good, other)).await;
            sent += 1;
        }

        assert_eq!(status, send(&mock, &good).await.unwrap().status, "{path}");
        assert_eq!(sent + 1, mock.counters().requests, "{path}");
    }
}
