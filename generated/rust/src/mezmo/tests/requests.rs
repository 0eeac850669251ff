//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::super::cloud_sink_parts::testing;
use super::super::{MezmoEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(MezmoEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = r#"{"lines":[{"line":"hi","timestamp":1767323045678,"app":"fapilog","level":"info","meta":{"n":1}}]}"#;
    testing::stop_clock();

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://logs.mezmo.com/logs/ingest?hostname=web-1&now=1767323046000",
    );
    assert_eq!(sent.headers["authorization"], "Basic ZXhhbXBsZS1rZXk6");
    assert_eq!(sent.body, expected);
}
