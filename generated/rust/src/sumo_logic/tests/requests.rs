//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{SumoLogicEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(SumoLogicEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = "2026-01-02T03:04:05.678Z INFO hi {\"n\":1}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://collectors.sumologic.com/receiver/v1/http/example-code",
    );
    assert_eq!(sent.headers["x-sumo-category"], "prod/shop");
    assert_eq!(sent.headers["x-sumo-client"], "fapilog");
    assert_eq!(sent.body, expected);
}
