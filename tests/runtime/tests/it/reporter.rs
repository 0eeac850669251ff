//! What a sink says about itself.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use runtime_tests::cloud_sink_base::{DeliveryConfig, Overflow};
use runtime_tests::cloud_sink_parts::layer::SinkLayer;
use tokio::time::{Instant, sleep};
use tracing::field::{Field, Visit};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::support::*;

pub type Lines = Arc<Mutex<Vec<(Level, String)>>>;

/// When lines came.
type Times = Arc<Mutex<Vec<Instant>>>;

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

pub fn listen() -> (Lines, tracing::subscriber::DefaultGuard) {
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
    let began = Instant::now();
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

    assert_eq!(2, count(&lines, Level::WARN), "failed, outage: {lines:?}");
    assert_eq!(
        2,
        count(&lines, Level::INFO),
        "answers again, stopped: {lines:?}"
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

#[tokio::test(start_paused = true)]
async fn pause_is_told_with_its_reason() {
    let (lines, _guard) = listen();
    let script = Script::new([paused()]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sleep(Duration::from_secs(2)).await;

    let expected = (
        Level::ERROR,
        "scripted sink is paused, events are kept: wrong key".to_owned(),
    );
    assert_eq!(&[expected][..], &lines.lock().unwrap()[..]);
    finish(&sink, &script).await;
}

/// Everything at once for ten minutes: failures, pauses, refusals, a full queue, recoveries.
#[tokio::test(start_paused = true)]
async fn whatever_happens_a_sink_says_one_line_in_ten_seconds() {
    struct Clock(Times);
    impl<S: Subscriber> Layer<S> for Clock {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            self.0.lock().unwrap().push(Instant::now());
        }
    }
    let times = Times::default();
    let subscriber = tracing_subscriber::registry().with(Clock(Arc::clone(&times)));
    let _guard = tracing::subscriber::set_default(subscriber);
    let kinds = [transient, paused, rejected, delivered, bisect, || {
        throttled(None)
    }];
    let script = Script::new((0..4_000_usize).map(|step| kinds[step / 3 % kinds.len()]()));
    let delivery = DeliveryConfig {
        queue_max_events: 20,
        overflow: Overflow::DropOldest,
        ..delivery()
    };
    let sink = start(&script, limits(), delivery);

    for number in 0..6_000 {
        sink.write(&event(number.to_string())).await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }
    let said = times.lock().unwrap().clone();
    finish(&sink, &script).await;

    assert!(said.len() > 20, "{}", said.len());
    for pair in said.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_secs(10), "{pair:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn full_queue_is_told_with_a_count() {
    let (lines, _guard) = listen();
    let script = Script::always(|_| Step::Hang);
    let delivery = DeliveryConfig {
        queue_max_events: 10,
        overflow: Overflow::DropNewest,
        ..delivery()
    };
    let sink = start(&script, limits(), delivery);

    for number in 0..200 {
        let _ = sink.write(&event(number.to_string())).await;
    }
    sleep(Duration::from_secs(11)).await;

    let refused = sink.stats().refused_total();
    let told: u64 = lines
        .lock()
        .unwrap()
        .iter()
        .filter_map(|(_, line)| {
            let rest = line.strip_prefix("scripted sink gave ")?;
            rest.split(' ').next()?.parse::<u64>().ok()
        })
        .sum();
    assert!(refused > 0);
    assert_eq!(refused, told, "{lines:?}");
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn many_losses_of_a_kind_are_one_line_with_their_number() {
    let (lines, _guard) = listen();
    let script = Script::always(|records| {
        Step::Answer(runtime_tests::cloud_sink_base::Outcome::Rejected {
            reason: format!("bad: {}", records[0]),
        })
    });
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 5_000).await;
    sleep(Duration::from_secs(30)).await;

    let lines = lines.lock().unwrap().clone();
    assert_eq!(
        vec![
            "scripted sink dropped 10 events, rejected: bad: 0",
            "scripted sink dropped 4990 events, rejected: bad: 10",
        ],
        lines
            .iter()
            .map(|(_, line)| line.as_str())
            .collect::<Vec<_>>()
    );
    finish(&sink, &script).await;
}

/// Also where the worker runs on the program's own runtime and has no thread to itself.
#[tokio::test(start_paused = true)]
async fn what_a_sink_says_never_becomes_its_own_event() {
    let script = Script::new([paused()]);
    let sink = start(&script, limits(), delivery());
    let (lines, _outer) = listen();
    let subscriber = tracing_subscriber::registry()
        .with(Capture(Arc::clone(&lines)))
        .with(SinkLayer::new(sink.handle()));
    let _guard = tracing::subscriber::set_default(subscriber);

    tracing::info!("by the program");
    sleep(Duration::from_secs(100)).await;
    let report = finish(&sink, &script).await;

    assert_eq!(1, report.accepted);
    assert_eq!(1, count(&lines, Level::ERROR), "{lines:?}");
}
