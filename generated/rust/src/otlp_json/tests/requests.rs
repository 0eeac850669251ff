//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::super::cloud_sink_parts::testing;
use super::super::{OtlpJsonEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(OtlpJsonEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = r#"{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"unknown_service"}}]},"scopeLogs":[{"scope":{"name":"fapilog"},"logRecords":[{"timeUnixNano":"1767323045678000000","observedTimeUnixNano":"1767323046000000000","severityNumber":9,"severityText":"INFO","body":{"stringValue":"hi"},"attributes":[{"key":"n","value":{"intValue":"1"}}]}]}]}]}"#;
    testing::stop_clock();

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(sent.url, "http://127.0.0.1:4318/v1/logs");
    assert_eq!(sent.body, expected);
}
