//! What a sink says about itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::time::sleep;
use tracing::field::{Field, Visit};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::support::*;

type Lines = Arc<Mutex<Vec<(Level, String)>>>;

struct Capture(Lines);

impl<S: Subscriber> Layer<S> for Capture {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        struct Message(String);
        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }
        let mut message = Message(String::new());
        event.record(&mut message);
        self.0
            .lock()
            .unwrap()
            .push((*event.metadata().level(), message.0));
    }
}

fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
    let lines = Lines::default();
    let subscriber = tracing_subscriber::registry().with(Capture(Arc::clone(&lines)));
    (lines, tracing::subscriber::set_default(subscriber))
}

fn count(lines: &Lines, level: Level) -> usize {
    lines
        .lock()
        .unwrap()
        .iter()
        .filter(|(found, _)| *found == level)
        .count()
}

#[tokio::test(start_paused = true)]
async fn outage_is_told_seldom_and_its_end_once() {
    let (lines, _guard) = listen();
    let began = tokio::time::Instant::now();
    let script = Script::always(move |_| {
        if began.elapsed() < Duration::from_secs(60) {
            transient()
        } else {
            delivered()
        }
    });
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 100).await;
    sleep(Duration::from_secs(120)).await;
    finish(&sink, &script).await;

    assert!(count(&lines, Level::WARN) <= 8, "{lines:?}");
    assert_eq!(
        3,
        count(&lines, Level::INFO),
        "started, answers again, stopped: {lines:?}"
    );
    assert_eq!(0, count(&lines, Level::ERROR), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn dropped_events_are_an_error_with_count_and_reason() {
    let (lines, _guard) = listen();
    let script = Script::new([rejected()]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    finish(&sink, &script).await;

    let expected = (
        Level::ERROR,
        "scripted sink dropped 10 events, rejected: bad".to_owned(),
    );
    assert!(lines.lock().unwrap().contains(&expected), "{lines:?}");
}

#[tokio::test(start_paused = true)]
async fn refused_account_is_told_once() {
    let (lines, _guard) = listen();
    let script = Script::new(vec![paused(); 10]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sleep(Duration::from_secs(400)).await;
    finish(&sink, &script).await;

    assert_eq!(1, count(&lines, Level::ERROR), "{lines:?}");
}
