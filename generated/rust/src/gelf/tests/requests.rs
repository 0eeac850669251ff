//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{GelfEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(GelfEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = r#"{"version":"1.1","host":"web-1","short_message":"hi","timestamp":1767323045.678,"level":6,"_n":1}"#;

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "http://127.0.0.1:12201/gelf");
    assert_eq!(sent.body, expected);
}
