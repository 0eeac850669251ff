//! The bounded queue and what `write` does when it is full.

use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    CloudSink, DeliveryConfig, DropReason, Overflow, RefuseReason, WriteError,
};
use tokio::time::{Instant, sleep};

use crate::support::*;

/// A queue of five events before a provider that never answers.
fn clogged(overflow: Overflow) -> DeliveryConfig {
    DeliveryConfig {
        batch_size: 1,
        max_in_flight: 1,
        queue_max_events: 5,
        overflow,
        attempt_timeout: Duration::from_secs(3_600),
        ..delivery()
    }
}

#[tokio::test(start_paused = true)]
async fn blocked_write_gives_the_event_back_after_its_limit() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), clogged(Overflow::Block));
    write_numbers(&sink, 2).await;
    sleep(Duration::from_millis(1)).await;
    write_numbers(&sink, 5).await;
    let began = Instant::now();

    let result = sink.write(&event("late")).await;

    assert_eq!(Err(WriteError::QueueFull), result);
    assert_eq!(Duration::from_secs(5), began.elapsed());
    let report = sink.stop(Duration::ZERO).await;
    assert_accounted(&report);
    assert_eq!(
        (7, Some(&1)),
        (
            report.accepted,
            report.refused.get(&RefuseReason::QueueFull)
        )
    );
}

#[tokio::test(start_paused = true)]
async fn blocked_write_goes_on_when_there_is_room() {
    let slow = || {
        Step::AnswerAfter(
            Duration::from_secs(1),
            runtime_tests::cloud_sink_base::Outcome::Delivered,
        )
    };
    let script = Script::always(move |_| slow());
    let sink = start(&script, limits(), clogged(Overflow::Block));

    write_numbers(&sink, 30).await;
    let report = finish(&sink, &script).await;

    assert_eq!((30, 0), (report.delivered, report.refused_total()));
}

#[tokio::test(start_paused = true)]
async fn try_write_never_waits() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), clogged(Overflow::Block));
    let began = Instant::now();

    let results: Vec<_> = (0..20)
        .map(|n| sink.try_write(&event(n.to_string())))
        .collect();

    assert_eq!(5, results.iter().filter(|result| result.is_ok()).count());
    assert_eq!(Duration::ZERO, began.elapsed());
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn drop_newest_refuses_at_once() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), clogged(Overflow::DropNewest));

    let mut refused = 0;
    for number in 0..20 {
        refused +=
            u64::from(sink.write(&event(number.to_string())).await == Err(WriteError::QueueFull));
    }

    let report = sink.stop(Duration::ZERO).await;
    assert_accounted(&report);
    assert_eq!(refused, report.refused_total());
    assert_eq!(20, report.accepted + refused);
}

#[tokio::test(start_paused = true)]
async fn drop_oldest_keeps_the_newest() {
    let script = Script::new([]);
    let sink = start(&script, limits(), clogged(Overflow::DropOldest));

    // The worker has no turn before the first await that waits.
    for number in 0..20 {
        sink.try_write(&event(number.to_string())).unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!(vec!["15", "16", "17", "18", "19"], script.stored());
    assert_eq!(Some(&15), report.dropped.get(&DropReason::Overflow));
}

#[tokio::test(start_paused = true)]
async fn queue_is_bounded_by_bytes() {
    let script = Script::always(|_| Step::Hang);
    let mut delivery = delivery();
    (delivery.queue_max_bytes, delivery.overflow) = (1_000, Overflow::DropNewest);
    let sink = start(&script, limits(), delivery);

    let accepted = (0..20)
        .filter(|_| sink.try_write(&event("x".repeat(186))).is_ok())
        .count();

    assert_eq!(4, accepted);
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn event_larger_than_the_queue_gets_through_an_empty_one() {
    let script = Script::new([]);
    let mut delivery = delivery();
    delivery.queue_max_bytes = 100;
    let sink = start(&script, limits(), delivery);

    sink.write(&event("x".repeat(5_000))).await.unwrap();

    assert_eq!(1, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn cancelled_write_was_not_accepted() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), clogged(Overflow::Block));
    for number in 0..5 {
        sink.try_write(&event(number.to_string())).unwrap();
    }
    sleep(Duration::from_millis(1)).await;
    while sink.try_write(&event("more")).is_ok() {}
    let before = sink.stats();

    let cancelled = tokio::time::timeout(Duration::from_secs(1), sink.write(&event("late"))).await;

    assert!(cancelled.is_err());
    assert_eq!(before, sink.stats());
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn counters_balance_at_every_moment() {
    let script = Script::with_rule([transient(), throttled(Some(1)), rejected()], |_| {
        delivered()
    });
    let sink = start(&script, limits(), delivery());

    for number in 0..500 {
        sink.write(&event(number.to_string())).await.unwrap();
        if number % 7 == 0 {
            sleep(Duration::from_millis(20)).await;
        }
        assert!(sink.stats().is_balanced(), "{:?}", sink.stats());
    }

    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn queue_smaller_than_a_batch_does_not_wait_for_the_linger() {
    for overflow in [Overflow::Block, Overflow::DropNewest, Overflow::DropOldest] {
        let script = Script::new([]);
        let delivery = DeliveryConfig {
            batch_size: 100,
            queue_max_events: 4,
            overflow,
            ..delivery()
        };
        let sink = start(&script, limits(), delivery);
        let began = Instant::now();

        for number in 0..500 {
            sink.write(&event(number.to_string())).await.unwrap();
            tokio::task::yield_now().await;
        }

        assert!(began.elapsed() < Duration::from_millis(100), "{overflow:?}");
        assert_eq!(500, finish(&sink, &script).await.delivered, "{overflow:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn queue_with_few_bytes_does_not_wait_for_the_linger() {
    let script = Script::new([]);
    let delivery = DeliveryConfig {
        queue_max_bytes: 1,
        ..delivery()
    };
    let sink = start(&script, limits(), delivery);
    let began = Instant::now();

    write_numbers(&sink, 100).await;

    assert!(began.elapsed() < Duration::from_millis(100));
    assert_eq!(100, finish(&sink, &script).await.delivered);
}

/// Room made between a writer's look at the queue and its wait must not be missed.
#[tokio::test]
async fn blocked_writers_never_miss_room() {
    let script = Script::new([]);
    let delivery = DeliveryConfig {
        batch_size: 1,
        queue_max_events: 1,
        block_timeout: Duration::from_secs(600),
        ..delivery()
    };
    let sink = CloudSink::start(parts(&script, limits(), delivery)).unwrap();

    for number in 0..20_000 {
        let event = event(number.to_string());
        let written = tokio::time::timeout(Duration::from_secs(60), sink.write(&event)).await;
        assert_eq!(Ok(Ok(())), written, "a writer waits beside an empty queue");
    }

    assert_eq!(20_000, finish(&sink, &script).await.delivered);
}

/// Records that no batch carries must keep the worker from nothing else.
#[tokio::test(start_paused = true)]
async fn stop_is_heard_among_oversize_events() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_event_bytes = 1;
    let sink = start(&script, limits, delivery());

    write_numbers(&sink, 5_000).await;
    let report = finish(&sink, &script).await;

    assert_eq!(10, report.delivered);
    assert_eq!(Some(&4_990), report.dropped.get(&DropReason::Oversize));
}
