//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{ClickhouseEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(ClickhouseEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = "{\"timestamp\":\"2026-01-02 03:04:05.678000000\",\"level\":\"info\",\"message\":\"hi\",\"data\":\"{\\\"n\\\":1}\"}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "http://127.0.0.1:8123/?query=INSERT%20INTO%20default.logs%20FORMAT%20JSONEachRow&async_insert=1&wait_for_async_insert=1&date_time_input_format=best_effort&input_format_skip_unknown_fields=1",
    );
    assert_eq!(sent.body, expected);
}
