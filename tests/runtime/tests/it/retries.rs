//! When attempts are repeated, and when events are kept instead.

use std::time::Duration;

use proptest::prelude::*;
use runtime_tests::cloud_sink_base::{DropReason, Order, Outcome};
use tokio::time::{Instant, advance, sleep};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn transient_failure_is_retried() {
    let script = Script::new([transient(), transient()]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(30)).await.unwrap();
    let report = finish(&sink, &script).await;

    assert_eq!(
        (10, 3, 2),
        (report.delivered, report.requests, report.retries)
    );
}

#[tokio::test(start_paused = true)]
async fn retry_after_overrides_backoff() {
    let script = Script::new([throttled(Some(20))]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(60)).await.unwrap();

    let attempts = script.attempts();
    assert_eq!(Duration::from_secs(20), attempts[1].at - attempts[0].at);
    assert_eq!(1, finish(&sink, &script).await.throttled);
}

#[tokio::test(start_paused = true)]
async fn retry_after_silences_the_whole_sink() {
    let script = Script::new([throttled(Some(20))]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sleep(Duration::from_millis(10)).await;
    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(60)).await.unwrap();

    let attempts = script.attempts();
    assert!(
        attempts[1..]
            .iter()
            .all(|later| later.at >= attempts[0].at + Duration::from_secs(20))
    );
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_cut_to_five_minutes() {
    let script = Script::new([throttled(Some(86_400))]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(400)).await.unwrap();

    let attempts = script.attempts();
    assert_eq!(Duration::from_secs(300), attempts[1].at - attempts[0].at);
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn wait_of_no_seconds_is_the_sinks_own() {
    let script = Script::new([throttled(Some(0)), throttled(Some(0))]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(400)).await.unwrap();

    let attempts = script.attempts();
    let waits = attempts.windows(2).map(|two| two[1].at - two[0].at);
    assert!(waits.clone().all(|wait| wait > Duration::ZERO), "{waits:?}");
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn process_that_was_stopped_for_a_minute_goes_on() {
    let script = Script::new([throttled(Some(20)), transient()]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 35).await;
    sleep(Duration::from_millis(10)).await;

    // Nothing between is seen.
    advance(Duration::from_secs(60)).await;
    write_numbers(&sink, 10).await;

    let report = finish(&sink, &script).await;
    assert_eq!((45, 0), (report.delivered, report.dropped_total()));
}

#[tokio::test(start_paused = true)]
async fn outage_keeps_events_until_the_provider_is_back() {
    let began = Instant::now();
    let script = Script::always(move |_| {
        if began.elapsed() < Duration::from_secs(30) {
            transient()
        } else {
            delivered()
        }
    });
    let sink = start(&script, limits(), delivery());

    for _ in 0..30 {
        write_numbers(&sink, 20).await;
        sleep(Duration::from_secs(1)).await;
    }
    sleep(Duration::from_secs(60)).await;
    let report = finish(&sink, &script).await;

    assert_eq!((600, 0), (report.delivered, report.dropped_total()));
}

#[tokio::test(start_paused = true)]
async fn outage_is_probed_seldom() {
    let script = Script::always(|_| transient());
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 100).await;
    sleep(Duration::from_secs(600)).await;

    let attempts = script.attempts();
    let late = attempts
        .iter()
        .filter(|attempt| attempt.at.elapsed() < Duration::from_secs(300));
    assert!(late.count() <= 21, "more than one probe per 15 s");
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn hour_of_outage_costs_about_one_request_a_batch() {
    let began = Instant::now();
    let script = Script::always(move |_| {
        if began.elapsed() < Duration::from_secs(3_600) {
            transient()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.delivery_timeout = Duration::from_secs(7_200);
    let sink = start(&script, limits(), delivery);

    // Ten events are a batch.
    for _ in 0..1_000 {
        write_numbers(&sink, 10).await;
        sleep(Duration::from_millis(3_600)).await;
    }
    sleep(Duration::from_secs(60)).await;
    let report = finish(&sink, &script).await;

    assert_eq!(10_000, report.delivered);
    assert!(
        report.requests <= 1_100 + 3_600 / 30,
        "{} requests",
        report.requests
    );
}

/// All of them fail from the same moment on; the provider is back at another.
#[tokio::test(start_paused = true)]
async fn thousand_clients_that_recover_do_not_synchronise() {
    let began = Instant::now();
    let back = Duration::from_secs(120);
    let script = Script::always(move |_| {
        if began.elapsed() < back {
            transient()
        } else {
            delivered()
        }
    });
    let mut sinks = Vec::new();
    for seed in 0..1_000 {
        let sink = start_seeded(&script, limits(), delivery(), seed);
        write_numbers(&sink, 1).await;
        sinks.push(sink);
    }

    sleep(Duration::from_secs(160)).await;

    let mut found = std::collections::BTreeMap::<u64, u32>::new();
    let attempts = script.attempts();
    for attempt in attempts.iter().filter(|it| it.at - began >= back) {
        *found
            .entry((attempt.at - (began + back)).as_secs())
            .or_default() += 1;
    }
    // Within the longest wait, and the fullest second has at most twice its share of the usual one.
    assert_eq!(1_000, found.values().sum::<u32>());
    assert!(found.keys().all(|second| *second <= 30), "{found:?}");
    assert!(
        found.values().all(|count| *count <= 2 * 1_000 * 10 / 225),
        "{found:?}"
    );
    for sink in &sinks {
        finish(sink, &script).await;
    }
}

#[tokio::test(start_paused = true)]
async fn failure_from_before_an_outage_uses_no_retry_after_it() {
    let late = |seconds| {
        let Step::Answer(outcome) = transient() else {
            unreachable!("transient answers at once")
        };
        Step::AnswerAfter(Duration::from_secs(seconds), outcome)
    };
    // The first batch fails and is under way again when the second opens the breaker; its answer
    // comes after the probe has ended the outage.
    let script = Script::new([transient(), late(3), late(8)]);
    let mut delivery = delivery();
    delivery.max_retries = 1;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 20).await;
    sink.flush(Duration::from_secs(60)).await.unwrap();

    assert_eq!(20, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn outage_keeps_events_without_any_retry_allowed() {
    let script = Script::new([transient(), transient(), transient()]);
    let mut delivery = delivery();
    delivery.max_retries = 0;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(60)).await.unwrap();

    assert_eq!(10, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn retries_are_exhausted_only_while_others_get_through() {
    let script = Script::always(|records| {
        if records[0] == "0" {
            transient()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    (delivery.batch_size, delivery.max_retries) = (1, 2);
    let sink = start(&script, limits(), delivery);

    for number in 0..200 {
        sink.write(&event(number.to_string())).await.unwrap();
        sleep(Duration::from_millis(50)).await;
    }
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&1), report.dropped.get(&DropReason::RetriesExhausted));
    assert_eq!(199, report.delivered);
}

#[tokio::test(start_paused = true)]
async fn batch_that_makes_the_provider_fail_does_not_stop_the_others() {
    let script = Script::always(|records| {
        if records[0] == "0" {
            transient()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.batch_size = 1;
    let sink = start(&script, limits(), delivery);
    write_numbers(&sink, 1).await;
    sleep(Duration::from_secs(120)).await;

    for number in 1..50 {
        sink.write(&event(number.to_string())).await.unwrap();
    }
    sleep(Duration::from_secs(60)).await;

    assert_eq!(49, sink.stats().delivered);
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn delivery_timeout_ends_the_keeping() {
    let script = Script::always(|_| transient());
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sleep(Duration::from_secs(15 * 60 + 1)).await;

    assert_eq!(
        Some(&10),
        sink.stats().dropped.get(&DropReason::DeliveryTimeout)
    );
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn refused_account_is_probed_every_thirty_seconds() {
    let script = Script::new([paused(), paused()]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sleep(Duration::from_secs(61)).await;

    let attempts = script.attempts();
    assert_eq!(Duration::from_secs(30), attempts[1].at - attempts[0].at);
    assert_eq!(Duration::from_secs(30), attempts[2].at - attempts[1].at);
    assert_eq!(10, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn hanging_attempt_ends_after_the_attempt_timeout() {
    let script = Script::new([Step::Hang]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    sink.flush(Duration::from_secs(30)).await.unwrap();

    let attempts = script.attempts();
    let gap = attempts[1].at - attempts[0].at;
    assert!(
        gap >= Duration::from_secs(10) && gap < Duration::from_secs(11),
        "{gap:?}"
    );
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn later_batches_wait_for_a_retry_where_order_matters() {
    let script = Script::new([transient(), transient(), split()]);
    let mut limits = limits();
    limits.order = Order::AcrossBatches;
    let sink = start(&script, limits, delivery());

    write_numbers(&sink, 100).await;
    let report = finish(&sink, &script).await;

    assert_eq!(100, report.delivered);
    assert_eq!(numbers(100), script.stored());
}

#[tokio::test(start_paused = true)]
async fn retries_stay_a_tenth_of_the_traffic_under_partial_failure() {
    // Every second attempt fails, so the breaker stays closed all the time.
    let count = std::sync::atomic::AtomicUsize::new(0);
    let script = Script::always(move |_| {
        let number = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        if number.is_multiple_of(2) {
            transient()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.batch_size = 1;
    delivery.queue_max_events = 1_000;
    let sink = start(&script, limits(), delivery);

    for number in 0..1_000 {
        sink.write(&event(number.to_string())).await.unwrap();
    }
    sleep(Duration::from_secs(60)).await;
    let stats = sink.stats();

    let first = stats.requests - stats.retries;
    let allowed = 20 + first / 10 + 8 * (60 / 15 + 1);
    assert!(
        stats.retries <= allowed,
        "{} retries of {first} first attempts",
        stats.retries
    );
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn provider_that_defers_every_event_is_an_outage() {
    let began = Instant::now();
    let script = Script::always(move |records| {
        if began.elapsed() < Duration::from_secs(300) {
            Step::Answer(Outcome::Partial {
                rejected: vec![],
                retry: (0..records.len()).collect(),
            })
        } else {
            delivered()
        }
    });
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 100).await;
    sink.flush(Duration::from_secs(600)).await.unwrap();

    let report = finish(&sink, &script).await;
    assert_eq!((100, 0), (report.delivered, report.dropped_total()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn backoff_never_exceeds_its_ceiling(base in 1_u64..5_000, factor in 1_u64..64, failures in 1_usize..12) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let script = Script::new(vec![transient(); failures]);
            let mut delivery = delivery();
            delivery.retry_base_delay = Duration::from_millis(base);
            delivery.retry_max_delay = Duration::from_millis(base * factor);
            let sink = start(&script, limits(), delivery);

            write_numbers(&sink, 10).await;
            sink.flush(Duration::from_secs(3_600 * 24)).await.unwrap();

            for (number, pair) in script.attempts().windows(2).enumerate() {
                let doubled = Duration::from_millis(base * (1 << number.min(20)));
                let ceiling = doubled.min(Duration::from_millis(base * factor));
                prop_assert!(pair[1].at - pair[0].at <= ceiling + Duration::from_millis(2));
            }
            finish(&sink, &script).await;
            Ok(())
        })?;
    }
}
