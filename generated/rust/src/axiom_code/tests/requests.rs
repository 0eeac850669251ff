//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{AxiomCodeEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(AxiomCodeEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = "{\"_time\":\"2026-01-02T03:04:05.678000000Z\",\"level\":\"info\",\"message\":\"hi\",\"n\":1}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "https://api.axiom.co/v1/datasets/my%20logs/ingest?timestamp-field=_time",
    );
    assert_eq!(sent.headers["x-axiom-org-id"], "acme");
    assert_eq!(sent.headers["authorization"], "Bearer example-token");
    assert_eq!(sent.body, expected);
}
