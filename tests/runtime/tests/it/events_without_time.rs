//! Events whose time is missing or unreadable, as a sink takes them.

use runtime_tests::cloud_sink_base::{Event, Timestamp};
use runtime_tests::cloud_sink_parts::layer::SinkLayer;
use serde_json::{Value, json};
use tracing::Level;
use tracing_subscriber::layer::SubscriberExt;

use crate::reporter::{Lines, listen};
use crate::support::*;

fn read(entry: Value) -> Event {
    Event::from_json_at(entry, Timestamp::from_unix_nanos(TODAY))
}

fn warnings(lines: &Lines) -> Vec<String> {
    let lines = lines.lock().unwrap();
    let warnings = lines.iter().filter(|(level, _)| *level == Level::WARN);
    warnings.map(|(_, text)| text.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn they_are_delivered_counted_and_told_once_of_each_kind() {
    let (lines, _guard) = listen();
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());

    for _ in 0..3 {
        sink.write(&read(json!({"message": "m"}))).await.unwrap();
        sink.try_write(&read(json!({"timestamp": "soon"}))).unwrap();
        sink.write(&read(json!({"timestamp": 1}))).await.unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!((9, 6), (report.delivered, report.events_without_time));
    assert_eq!(
        [
            "scripted: an event has no `timestamp`: the event has the time at which it was accepted",
            "scripted: a `timestamp` cannot be read and went to the event's `data`: the event has the \
             time at which it was accepted",
        ],
        warnings(&lines).as_slice()
    );
}

#[tokio::test(start_paused = true)]
async fn one_that_is_refused_is_not_counted() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    finish(&sink, &script).await;

    sink.try_write(&read(json!({}))).unwrap_err();

    assert_eq!(0, sink.stats().events_without_time);
}

#[tokio::test(start_paused = true)]
async fn what_a_sink_says_about_them_is_no_event_of_its_own() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    let layer = tracing_subscriber::registry().with(SinkLayer::new(sink.handle()));

    let told = tracing::subscriber::with_default(layer, || {
        sink.try_write(&read(json!({}))).unwrap();
        tracing::warn!("heard");
        sink.stats().accepted
    });

    assert_eq!(2, told);
    finish(&sink, &script).await;
}
