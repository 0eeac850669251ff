//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{LogzioEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(LogzioEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = "{\"@timestamp\":\"2026-01-02T03:04:05.678Z\",\"level\":\"info\",\"message\":\"hi\",\"n\":1}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://listener-eu.logz.io:8071/?type=fapilog&token=example-token",
    );
    assert_eq!(sent.body, expected);
}
