//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{CoralogixEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(CoralogixEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","logger":"a","data":{"n":1}}"#;
    let expected = r#"[{"applicationName":"fapilog","subsystemName":"fapilog","severity":3,"hiResTimestamp":"1767323045678000000","category":"a","text":{"message":"hi","n":1}}]"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://ingress.eu1.coralogix.com/logs/v1/singles",
    );
    assert_eq!(sent.body, expected);
}
