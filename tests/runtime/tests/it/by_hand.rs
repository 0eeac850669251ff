//! A sink for a provider nobody described: an encoder and a transport, the rest comes with it.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, DeliveryConfig, Encoder, Event, Group, HealthError, JsonObject,
    Outcome, Record, SinkParts, Transport,
};

use crate::support::{assert_accounted, event, limits};

struct LineEncoder;

impl Encoder for LineEncoder {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        let mut line = JsonObject::begin(out);
        line.string("text", &event.message);
        line.string("severity", event.level.as_lower());
        line.end();
        None
    }

    fn write_payload(&self, records: &[Record], out: &mut dyn Write) -> io::Result<()> {
        for record in records {
            out.write_all(&record.bytes)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}

#[derive(Default)]
struct Memory(Mutex<Vec<u8>>);

impl Transport for Memory {
    fn send<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(async move {
            match LineEncoder.write_payload(&batch.records, &mut *self.0.lock().unwrap()) {
                Ok(()) => Outcome::Delivered,
                Err(error) => Outcome::Transient {
                    retry_after: None,
                    reason: error.to_string(),
                },
            }
        })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { Ok(()) })
    }
}

#[tokio::test]
async fn encoder_and_transport_make_a_sink() {
    let memory = Arc::new(Memory::default());
    let transport = Arc::clone(&memory) as Arc<dyn Transport>;
    let sink = CloudSink::start(SinkParts {
        name: "memory",
        encoder: Arc::new(LineEncoder),
        transport: Box::new(move || Ok(transport)),
        limits: limits(),
        delivery: DeliveryConfig::default(),
    })
    .unwrap();

    sink.write(&event("hello")).await.unwrap();
    sink.health_check().await.unwrap();
    let report = sink.stop(Duration::from_secs(60)).await;

    assert_accounted(&report);
    assert_eq!(
        b"{\"text\":\"hello\",\"severity\":\"info\"}\n",
        memory.0.lock().unwrap().as_slice()
    );
}

/// The page shows this file's code; a change here must reach it.
#[test]
fn the_page_on_extending_shows_this_code() {
    let page = include_str!("../../../../docs/extending.md");
    let code = include_str!("by_hand.rs");

    let blocks: Vec<&str> = page
        .split("```rust\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();

    assert_eq!(3, blocks.len());
    for block in blocks {
        assert!(
            code.contains(block),
            "docs/extending.md differs from by_hand.rs:\n{block}"
        );
    }
}
