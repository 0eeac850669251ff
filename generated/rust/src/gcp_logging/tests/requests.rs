//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{GcpLoggingEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(GcpLoggingEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = r#"{"partialSuccess":true,"logName":"projects/p1/logs/fapilog","resource":{"type":"global","labels":{"project_id":"p1"}},"entries":[{"severity":"INFO","timestamp":"2026-01-02T03:04:05.678000000Z","jsonPayload":{"message":"hi","n":1}}]}"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "https://logging.googleapis.com/v2/entries:write");
    assert_eq!(sent.body, expected);
}
