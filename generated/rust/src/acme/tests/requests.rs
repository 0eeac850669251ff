//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{AcmeEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(AcmeEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn one_event() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi"}"#;
    let expected = r#"[{"time":1767323045678,"level":"info","text":"hi","shard":4}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "https://logs.eu.acme.example/v1/logs?region=eu");
    assert_eq!(sent.headers["x-acme-key"], "example-api-key");
    assert_eq!(sent.body, expected);
}
