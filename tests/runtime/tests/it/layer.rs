//! The `tracing` layer.

use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    Batch, BoxFuture, CloudSink, Encoder, Event, Group, HealthError, Outcome, Record, SinkParts,
    Transport,
};
use runtime_tests::cloud_sink_parts::layer::SinkLayer;
use tracing_subscriber::layer::SubscriberExt;

use crate::support::{PROCESS_LAYER, assert_accounted, delivery, limits};

/// Keeps the events it is asked to encode.
#[derive(Default)]
struct Capture(Mutex<Vec<Event>>);

impl Encoder for Capture {
    fn encode(&self, event: &Event, out: &mut Vec<u8>) -> Option<Group> {
        self.0.lock().unwrap().push(event.clone());
        out.push(b'x');
        None
    }

    fn write_payload(&self, _: &[Record], _: &mut dyn io::Write) -> io::Result<()> {
        Ok(())
    }
}

/// Traces as an HTTP stack does, then fails once.
struct Chatty;

impl Transport for Chatty {
    fn send<'a>(&'a self, _: &'a Batch) -> BoxFuture<'a, Outcome> {
        Box::pin(async {
            tracing::info!("sending");
            let deeper = tokio::task::spawn_blocking(|| tracing::info!("looking up a name"));
            let _ = deeper.await;
            Outcome::Delivered
        })
    }

    fn health_check(&self) -> BoxFuture<'_, Result<(), HealthError>> {
        Box::pin(async { Ok(()) })
    }
}

fn captured(act: impl FnOnce()) -> Vec<Event> {
    let capture = Arc::new(Capture::default());
    let encoder = Arc::clone(&capture) as Arc<dyn Encoder>;
    let transport: Arc<dyn Transport> = Arc::new(Chatty);
    let sink = CloudSink::start(SinkParts {
        name: "captured",
        encoder,
        transport: Box::new(move || Ok(transport)),
        limits: limits(),
        delivery: delivery(),
    })
    .unwrap();
    let subscriber = tracing_subscriber::registry().with(SinkLayer::new(sink.handle()));

    tracing::subscriber::with_default(subscriber, act);

    assert_accounted(&sink.stop_blocking(Duration::from_secs(60)));
    capture.0.lock().unwrap().clone()
}

#[test]
fn event_fields_level_and_target_travel() {
    let events = captured(|| {
        let cause = io::Error::other("disk full");
        tracing::warn!(
            target: "svc.api", n = 5_u64, ok = true, part = 0.5, cause = &cause as &dyn std::error::Error, "went {}", "wrong"
        );
    });

    let event = &events[0];
    assert_eq!(
        ("went wrong", "svc.api", "warning"),
        (&*event.message, &*event.logger, event.level.as_lower())
    );
    let expected = serde_json::json!({"n": 5, "ok": true, "part": 0.5, "cause": "disk full"});
    assert_eq!(expected, serde_json::Value::Object(event.data.clone()));
}

#[test]
fn span_fields_are_merged_and_the_inner_wins() {
    let events = captured(|| {
        let outer = tracing::info_span!(
            "outer",
            user = "u-7",
            step = 1,
            later = tracing::field::Empty
        );
        let _entered = outer.enter();
        outer.record("later", "known");
        let _inner = tracing::info_span!("inner", step = 2).entered();
        tracing::info!(own = "event", user = "u-8", "in spans");
    });

    let expected = serde_json::json!({"user": "u-8", "step": 2, "later": "known", "own": "event"});
    assert_eq!(expected, serde_json::Value::Object(events[0].data.clone()));
    assert_eq!("outer:inner", events[0].context["span"]);
}

#[test]
fn identifiers_become_context() {
    let events = captured(|| {
        let _span = tracing::info_span!("request", trace_id = "t-1", span_id = "s-1").entered();
        tracing::info!(span_id = %"s-2", tenant_id = 7, order_id = 42, "placed");
    });

    let expected =
        serde_json::json!({"span": "request", "span_id": "s-2", "tenant_id": 7, "trace_id": "t-1"});
    assert_eq!(
        expected,
        serde_json::Value::Object(events[0].context.clone())
    );
    assert_eq!(vec!["order_id"], events[0].data.keys().collect::<Vec<_>>());
}

/// One subscriber for the whole process is what applications have; only there could the delivery
/// thread's own lines come back.
#[test]
fn what_the_delivery_thread_traces_does_not_loop_back() {
    let capture = Arc::new(Capture::default());
    let transport: Arc<dyn Transport> = Arc::new(Chatty);
    let sink = CloudSink::start(SinkParts {
        name: "looping",
        encoder: Arc::clone(&capture) as Arc<dyn Encoder>,
        transport: Box::new(move || Ok(transport)),
        limits: limits(),
        delivery: delivery(),
    })
    .unwrap();
    assert!(PROCESS_LAYER.set(SinkLayer::new(sink.handle())).is_ok());

    tracing::info!(target: "application", "once");
    let report = sink.stop_blocking(Duration::from_secs(60));

    assert_accounted(&report);
    let events = capture.0.lock().unwrap();
    let own = ["sending", "looking up a name", "looping sink started"];
    assert!(
        !events
            .iter()
            .any(|event| own.contains(&event.message.as_str())),
        "{events:?}"
    );
    assert!(events.iter().any(|event| event.message == "once"));
}

#[test]
fn records_of_the_log_crate_keep_their_target() {
    // What tracing-log's bridge emits for a `log` record.
    let events = captured(|| {
        tracing::info!(target: "log", { own = 1, "log.target" = "old::module", "log.line" = 7_u64 }, "from log");
    });

    assert_eq!("old::module", events[0].logger);
    assert_eq!(vec!["own"], events[0].data.keys().collect::<Vec<_>>());
}
