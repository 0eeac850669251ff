//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{OpensearchSigv4Encoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(OpensearchSigv4Encoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event = r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","logger":"a","context":{"trace_id":"t"},"diagnostics":{"service":"shop"},"data":{"n":1}}"#;
    let expected = "{\"create\":{}}\n{\"@timestamp\":\"2026-01-02T03:04:05.678Z\",\"log.level\":\"info\",\"message\":\"hi\",\"log.logger\":\"a\",\"service.name\":\"shop\",\"trace.id\":\"t\",\"context\":{\"trace_id\":\"t\"},\"diagnostics\":{\"service\":\"shop\"},\"data\":{\"n\":1}}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://es.example.com:9200/logs-fapilog-default/_bulk?filter_path=errors%2Citems.%2A.status%2Citems.%2A.error",
    );
    assert_eq!(sent.body, expected);
}
