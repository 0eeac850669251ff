//! Where events go under which settings, and what they look like there.

use std::sync::Arc;

use super::super::super::cloud_sink_parts::responder::{self, Sent};
use super::super::{VictorialogsEncoder, transport};
use super::{SETTINGS, config};

fn sent(settings: &str, events: &[&str]) -> Sent {
    let config = config(settings);
    let encoder = Arc::new(VictorialogsEncoder::new(&config));
    let transport = transport(&config, encoder.clone()).expect("a transport");
    responder::sent(&transport, &*encoder, events)
}

#[test]
fn plain() {
    let event =
        r#"{"timestamp":"2026-01-02T03:04:05.678Z","level":"INFO","message":"hi","data":{"n":1}}"#;
    let expected = "{\"timestamp\":\"2026-01-02T03:04:05.678000000Z\",\"level\":\"info\",\"message\":\"hi\",\"n\":1}\n";

    let sent = sent(SETTINGS, &[event]);

    assert_eq!(
        sent.url,
        "http://127.0.0.1:9428/insert/jsonline?_msg_field=message&_time_field=timestamp&_stream_fields=service%2Chost",
    );
    assert_eq!(sent.headers["accountid"], "0");
    assert_eq!(sent.body, expected);
}
