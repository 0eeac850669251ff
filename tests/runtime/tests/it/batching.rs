//! How records become batches.

use std::time::Duration;

use proptest::prelude::*;
use runtime_tests::cloud_sink_base::{DropReason, Order, Oversize, Sizing};
use tokio::time::{Instant, sleep};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn partial_batch_leaves_after_the_linger() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    let written = Instant::now();

    write_numbers(&sink, 3).await;
    sleep(Duration::from_secs(5)).await;

    let attempts = script.attempts();
    assert_eq!(1, attempts.len());
    let waited = attempts[0].at - written;
    assert!(
        waited >= Duration::from_secs(1) && waited < Duration::from_millis(1_010),
        "{waited:?}"
    );
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn full_batch_leaves_at_once() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    let written = Instant::now();

    write_numbers(&sink, 10).await;
    sleep(Duration::from_millis(10)).await;

    assert_eq!(written, script.attempts()[0].at);
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn user_target_is_cut_to_the_limit() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_batch_events = 4;
    let sink = start(&script, limits, delivery());

    write_numbers(&sink, 10).await;
    finish(&sink, &script).await;

    assert!(
        script
            .attempts()
            .iter()
            .all(|attempt| attempt.records.len() <= 4)
    );
}

#[tokio::test(start_paused = true)]
async fn partitioned_records_travel_with_their_own_group_only() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.partitioned = true;
    let sink = start(&script, limits, delivery());

    for (name, group) in [("1", "a"), ("2", "b"), ("3", "a"), ("4", "")] {
        let mut event = event_at(name, 0);
        if !group.is_empty() {
            event.data.insert("group".to_owned(), group.into());
        }
        sink.write(&event).await.unwrap();
    }
    finish(&sink, &script).await;

    let attempts = script.attempts();
    let sent: Vec<_> = attempts
        .iter()
        .map(|attempt| attempt.records.clone())
        .collect();
    assert_eq!(vec![vec!["1", "3"], vec!["2"], vec!["4"]], sent);
}

#[tokio::test(start_paused = true)]
async fn only_what_counts_of_a_record_is_held_against_the_limit() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_event_bytes = 4;
    limits.event_length = |record| record.len() / 2;
    let sink = start(&script, limits, delivery());

    for message in ["12345678", "1234567890"] {
        sink.write(&event_at(message, 0)).await.unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!(vec!["12345678"], script.stored());
    assert_eq!(Some(&1), report.dropped.get(&DropReason::Oversize));
}

#[tokio::test(start_paused = true)]
async fn records_are_sorted_before_they_are_cut_by_span() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.order = Order::WithinBatch;
    limits.max_span = Some(Duration::from_secs(100));
    let sink = start(&script, limits, delivery());

    for (name, second) in [("b", 10), ("d", 110), ("a", 0), ("e", 150), ("c", 99)] {
        sink.write(&event_at(name, second)).await.unwrap();
    }
    finish(&sink, &script).await;

    let batches: Vec<String> = script
        .attempts()
        .iter()
        .map(|attempt| attempt.records.concat())
        .collect();
    assert_eq!(vec!["abc", "de"], batches);
}

#[tokio::test(start_paused = true)]
async fn equal_timestamps_keep_the_order_of_writing() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.order = Order::WithinBatch;
    let sink = start(&script, limits, delivery());

    write_numbers(&sink, 10).await;
    finish(&sink, &script).await;

    assert_eq!(numbers(10), script.stored());
}

#[tokio::test(start_paused = true)]
async fn each_group_is_counted_once_in_a_batch() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.sizing = Sizing {
        batch: 10,
        record: 5,
        group: 20,
    };
    // 10 + (20 + 1) + 3 · (5 + 1) fill the batch exactly.
    limits.max_batch_bytes = 49;
    let sink = start(&script, limits, delivery());

    for number in 0..6 {
        let mut event = event(number.to_string());
        event.data.insert("group".to_owned(), "g".into());
        sink.write(&event).await.unwrap();
    }
    finish(&sink, &script).await;

    assert_eq!(
        vec![3, 3],
        script
            .attempts()
            .iter()
            .map(|a| a.records.len())
            .collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn oversize_record_is_dropped_and_counted() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_event_bytes = 50;
    let sink = start(&script, limits, delivery());

    sink.write(&event("x".repeat(50))).await.unwrap();
    sink.write(&event("x".repeat(51))).await.unwrap();
    let report = finish(&sink, &script).await;

    assert_eq!(1, report.delivered);
    assert_eq!(Some(&1), report.dropped.get(&DropReason::Oversize));
}

#[tokio::test(start_paused = true)]
async fn oversize_message_is_truncated_at_a_character_and_marked() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_event_bytes = 50;
    limits.oversize = Oversize::Truncate;
    let sink = start(&script, limits, delivery());

    sink.write(&event("é".repeat(40))).await.unwrap();
    let report = finish(&sink, &script).await;

    assert_eq!(1, report.delivered);
    let stored = script.stored().concat();
    assert!(
        stored.starts_with("éé") && stored.ends_with("é…[truncated]"),
        "{stored}"
    );
    assert!(stored.len() <= 50 && stored.len() >= 47, "{}", stored.len());
}

#[tokio::test(start_paused = true)]
async fn truncation_that_is_not_enough_ends_as_oversize() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_event_bytes = 5;
    limits.oversize = Oversize::Truncate;
    let sink = start(&script, limits, delivery());

    sink.write(&event("x".repeat(40))).await.unwrap();
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&1), report.dropped.get(&DropReason::Oversize));
}

#[tokio::test(start_paused = true)]
async fn events_outside_the_window_are_not_sent() {
    let script = Script::new([]);
    let mut limits = limits();
    limits.max_age = Some(Duration::from_secs(100));
    limits.max_ahead = Some(Duration::from_secs(10));
    let sink = start(&script, limits, delivery());

    for second in [-101, -100, 0, 10, 11] {
        sink.write(&event_at(second.to_string(), second))
            .await
            .unwrap();
    }
    let report = finish(&sink, &script).await;

    assert_eq!(vec!["-100", "0", "10"], script.stored());
    assert_eq!(Some(&2), report.dropped.get(&DropReason::OutOfWindow));
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        Just(Order::Any),
        Just(Order::WithinBatch),
        Just(Order::AcrossBatches)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn batches_satisfy_every_limit_and_lose_nothing(
        events in prop::collection::vec((0_i64..500, 0_usize..40, 0_u8..4), 1..200),
        max_events in 1_usize..20,
        max_bytes in 100_usize..300,
        span in prop::option::of(1_u64..200),
        order in order(),
    ) {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let script = Script::new([]);
            let mut limits = limits();
            (limits.max_batch_events, limits.max_batch_bytes) = (max_events, max_bytes);
            (limits.max_span, limits.order) = (span.map(Duration::from_secs), order);
            limits.sizing = Sizing { batch: 2, record: 3, group: 7 };
            let sink = start(&script, limits, delivery());

            for (number, (second, pad, group)) in events.iter().enumerate() {
                let mut event = event_at(format!("{number:04}@{second:04}/{group}{}", "x".repeat(*pad)), *second);
                event.data.insert("group".to_owned(), format!("group-{group}").into());
                sink.write(&event).await.unwrap();
            }
            finish(&sink, &script).await;

            for attempt in script.attempts() {
                prop_assert!(attempt.records.len() <= max_events.min(10));
                let mut groups: Vec<&str> = attempt.records.iter().map(|r| &r[10..11]).collect();
                groups.sort_unstable();
                groups.dedup();
                let records: usize = attempt.records.iter().map(|r| 3 + r.len()).sum();
                prop_assert!(2 + records + groups.len() * (7 + 7) <= max_bytes);
                let times: Vec<u64> = attempt.records.iter().map(|r| r[5..9].parse().unwrap()).collect();
                if let (Some(span), Some(oldest), Some(newest)) = (span, times.iter().min(), times.iter().max()) {
                    prop_assert!(newest - oldest < span);
                }
                if order == Order::WithinBatch {
                    prop_assert!(times.is_sorted());
                }
            }
            let mut stored: Vec<usize> = script.stored().iter().map(|r| r[..4].parse().unwrap()).collect();
            if order == Order::AcrossBatches {
                prop_assert!(stored.is_sorted());
            }
            stored.sort_unstable();
            prop_assert_eq!(stored, (0..events.len()).collect::<Vec<_>>());
            Ok(())
        })?;
    }
}
