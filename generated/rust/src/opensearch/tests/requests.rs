//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{OpensearchEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(OpensearchEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn a_document_in_a_data_stream() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi"}"#;
    let expected = "{\"create\":{\"_index\":\"logs-fapilog-default\"}}\n{\"@timestamp\":\"2026-01-02T03:04:05.678000000Z\",\"log.level\":\"info\",\"message\":\"hi\",\"ecs.version\":\"8.11.0\"}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://search.example.com/_bulk?filter_path=took%2Cerrors%2Citems.%2A.status%2Citems.%2A.error%2Citems.%2A.failure_store",
    );
    assert_eq!(sent.body, expected);
}
