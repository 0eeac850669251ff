//! What follows from each outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use runtime_tests::cloud_sink_base::{DropReason, Order, Outcome, RejectedItem};
use tokio::time::sleep;

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn delivered_events_are_counted_once() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 25).await;
    let report = finish(&sink, &script).await;

    assert_eq!((25, 3), (report.delivered, report.requests));
    assert_eq!(numbers(25), script.stored());
}

#[tokio::test(start_paused = true)]
async fn partial_answer_retries_the_retryable_and_drops_the_rejected() {
    let rejected = vec![RejectedItem::refused(1, "bad")];
    let partial = Step::Answer(Outcome::Partial {
        rejected,
        retry: vec![0, 3],
    });
    let script = Script::new([partial]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 5).await;
    let report = finish(&sink, &script).await;

    assert_eq!(4, report.delivered);
    assert_eq!(Some(&1), report.dropped.get(&DropReason::Rejected));
    assert_eq!(vec!["0", "3"], script.attempts()[1].records);
}

#[tokio::test(start_paused = true)]
async fn indices_beyond_the_request_are_ignored() {
    let rejected = vec![
        RejectedItem::refused(99, "bad"),
        RejectedItem::refused(0, "bad"),
        RejectedItem::refused(0, "bad"),
    ];
    let partial = Step::Answer(Outcome::Partial {
        rejected,
        retry: vec![0, 77, 1, 1],
    });
    let script = Script::new([partial]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 3).await;
    let report = finish(&sink, &script).await;

    assert_eq!((2, 1), (report.delivered, report.dropped_total()));
    assert_eq!(vec!["1"], script.attempts()[1].records);
}

#[tokio::test(start_paused = true)]
async fn counted_losses_are_uncertain_and_nothing_is_sent_again() {
    let uncertain = |failed| {
        Step::Answer(Outcome::Uncertain {
            failed,
            reason: "2 failed".to_owned(),
        })
    };
    for (failed, lost) in [(Some(2), 2), (Some(99), 5), (None, 5)] {
        let script = Script::new([uncertain(failed)]);
        let sink = start(&script, limits(), delivery());

        write_numbers(&sink, 5).await;
        let report = finish(&sink, &script).await;

        assert_eq!((5 - lost, 1), (report.delivered, report.requests));
        assert_eq!(Some(&lost), report.dropped.get(&DropReason::Uncertain));
    }
}

#[tokio::test(start_paused = true)]
async fn uncertain_items_are_counted_apart() {
    let rejected = vec![RejectedItem::uncertain(0)];
    let script = Script::new([Step::Answer(Outcome::Partial {
        rejected,
        retry: vec![],
    })]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 2).await;
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&1), report.dropped.get(&DropReason::Uncertain));
}

#[tokio::test(start_paused = true)]
async fn too_large_requests_are_halved_until_they_fit() {
    let script = Script::always(|records| {
        if records.len() > 3 {
            split()
        } else {
            delivered()
        }
    });
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    let report = finish(&sink, &script).await;

    assert_eq!((10, 3), (report.delivered, report.splits));
}

#[tokio::test(start_paused = true)]
async fn lone_event_that_is_too_large_is_dropped_as_oversize() {
    let script = Script::always(|_| split());
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 4).await;
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&4), report.dropped.get(&DropReason::Oversize));
}

#[tokio::test(start_paused = true)]
async fn one_bad_event_in_ten_thousand_is_found_in_few_requests() {
    for bad in ["0", "1", "4999", "5000", "7321", "9999"] {
        for order in [Order::Any, Order::AcrossBatches] {
            let script = Script::always(move |records| {
                if records.iter().any(|record| record == bad) {
                    bisect()
                } else {
                    delivered()
                }
            });
            let mut delivery = delivery();
            delivery.batch_size = 10_000;
            let mut limits = limits();
            limits.order = order;
            let sink = start(&script, limits, delivery);

            write_numbers(&sink, 10_000).await;
            let report = finish(&sink, &script).await;

            assert_eq!(9_999, report.delivered, "{bad} {order:?}");
            assert_eq!(Some(&1), report.dropped.get(&DropReason::Rejected));
            assert!(
                report.requests <= 29,
                "{bad} {order:?}: {}",
                report.requests
            );
        }
    }
}

/// All 6,561 outcomes of eight events that are each stored, deferred or refused.
#[tokio::test(start_paused = true)]
async fn every_combination_of_items_is_counted_exactly() {
    for combination in 0..3_usize.pow(8) {
        let state = |place: usize| combination / 3_usize.pow(u32::try_from(place).unwrap()) % 3;
        let of = |wanted: usize| (0..8).filter(move |place| state(*place) == wanted);
        let (retry, bad): (Vec<usize>, Vec<usize>) = (of(1).collect(), of(2).collect());
        let rejected = bad.iter().map(|index| RejectedItem::refused(*index, "bad"));
        let script = Script::new([Step::Answer(Outcome::Partial {
            rejected: rejected.collect(),
            retry: retry.clone(),
        })]);
        let mut delivery = delivery();
        delivery.batch_size = 8;
        let sink = start(&script, limits(), delivery);

        write_numbers(&sink, 8).await;
        sink.flush(Duration::from_secs(600)).await.unwrap();
        let report = finish(&sink, &script).await;

        let attempts = script.attempts();
        let again: Vec<String> = retry.iter().map(usize::to_string).collect();
        let second = attempts.get(1).map(|attempt| attempt.records.clone());
        assert_eq!(again, second.unwrap_or_default(), "{combination}");
        let dropped = report.dropped.get(&DropReason::Rejected).copied();
        assert_eq!(bad.len() as u64, dropped.unwrap_or(0), "{combination}");
        assert_eq!(8 - bad.len() as u64, report.delivered, "{combination}");
    }
}

/// A form of request that the provider does not take, such as metadata it has switched off.
/// Halving would cost a hundred requests and in the end every event.
#[tokio::test(start_paused = true)]
async fn batch_refused_alike_in_all_its_parts_pauses_the_sink() {
    for (order, events) in [
        (Order::Any, 1_000),
        (Order::AcrossBatches, 1_000),
        (Order::Any, 2),
    ] {
        let is_mended = Arc::new(AtomicBool::new(false));
        let mended = Arc::clone(&is_mended);
        let script = Script::always(move |_| {
            if mended.load(Ordering::SeqCst) {
                delivered()
            } else {
                bisect()
            }
        });
        let mut delivery = delivery();
        delivery.batch_size = 1_000;
        let mut limits = limits();
        limits.order = order;
        let sink = start(&script, limits, delivery);
        write_numbers(&sink, events).await;

        sleep(Duration::from_secs(20)).await;
        let stats = sink.stats();
        assert!(stats.requests <= 5, "{order:?}: {stats:?}");
        assert_eq!(events as u64, stats.pending, "{order:?}: {stats:?}");
        sleep(Duration::from_secs(300)).await;
        let stats = sink.stats();
        assert!(stats.requests <= 5 + 10, "{order:?}: {stats:?}");
        assert_eq!(events as u64, stats.pending, "{order:?}: {stats:?}");
        is_mended.store(true, Ordering::SeqCst);
        sleep(Duration::from_secs(40)).await;

        assert_eq!(events as u64, sink.stats().delivered, "{order:?}");
        finish(&sink, &script).await;
    }
}

/// Bad events at both ends look like a wrong form for a moment, never for long.
#[tokio::test(start_paused = true)]
async fn bad_events_that_look_like_a_wrong_form_cost_no_good_one() {
    for bad in [["0", "99"], ["0", "50"], ["0", "1"]] {
        for order in [Order::Any, Order::AcrossBatches] {
            let script = Script::always(move |records| {
                if records.iter().any(|record| bad.contains(&record.as_str())) {
                    bisect()
                } else {
                    delivered()
                }
            });
            let mut delivery = delivery();
            delivery.batch_size = 100;
            let mut limits = limits();
            limits.order = order;
            let sink = start(&script, limits, delivery);

            write_numbers(&sink, 100).await;
            sleep(Duration::from_secs(70)).await;

            let stats = sink.stats();
            assert_eq!(98, stats.delivered, "{bad:?} {order:?}: {stats:?}");
            assert_eq!(Some(&2), stats.dropped.get(&DropReason::Rejected));
            finish(&sink, &script).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn search_for_bad_events_ends_when_all_are_bad_in_their_own_way() {
    let script = Script::always(|records| {
        Step::Answer(Outcome::Bisect {
            reason: format!("bad: {}", records[0]),
        })
    });
    let mut delivery = delivery();
    delivery.batch_size = 10_000;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 10_000).await;
    let report = finish(&sink, &script).await;

    assert_eq!(Some(&10_000), report.dropped.get(&DropReason::Rejected));
    assert!(report.requests <= 1 + 8 * 15, "{}", report.requests);
}

#[tokio::test(start_paused = true)]
async fn scattered_bad_events_cost_no_good_one() {
    let is_bad = |record: &String| record.parse::<usize>().is_ok_and(|number| number % 10 == 3);
    let script = Script::always(move |records| {
        if records.iter().any(is_bad) {
            bisect()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.batch_size = 200;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 200).await;
    let report = finish(&sink, &script).await;

    assert_eq!(180, report.delivered);
    assert_eq!(Some(&20), report.dropped.get(&DropReason::Rejected));
    assert!(report.requests < 2 * 200, "{}", report.requests);
}

#[tokio::test(start_paused = true)]
async fn bad_events_in_a_row_cost_no_good_one() {
    let script = Script::always(|records| {
        if records
            .iter()
            .any(|record| (90..110).contains(&record.parse::<usize>().unwrap()))
        {
            bisect()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.batch_size = 200;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 200).await;

    assert_eq!(180, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn rejected_batch_does_not_stop_the_next() {
    let script = Script::new([rejected()]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 20).await;
    let report = finish(&sink, &script).await;

    assert_eq!((10, 10), (report.delivered, report.dropped_total()));
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_transport_is_a_failed_attempt() {
    let script = Script::new([Step::Panic]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 10).await;
    let report = finish(&sink, &script).await;

    assert_eq!((10, 1), (report.delivered, report.retries));
}

#[tokio::test(start_paused = true)]
async fn attempts_stay_within_max_in_flight() {
    let running = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&running);
    let script = Script::always(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        Step::Hang
    });
    let mut delivery = delivery();
    delivery.max_in_flight = 3;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 500).await;
    sleep(Duration::from_secs(2)).await;

    assert_eq!(3, running.load(Ordering::SeqCst));
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

/// One request over what a tenant may send at once is told to slow down for ever.
#[tokio::test(start_paused = true)]
async fn batch_that_is_throttled_again_and_again_is_halved() {
    for max_retries in [0, 2, 5] {
        let script = Script::always(|records| {
            if records.len() > 3 {
                throttled(None)
            } else {
                delivered()
            }
        });
        let mut delivery = delivery();
        delivery.max_retries = max_retries;
        let sink = start(&script, limits(), delivery);

        write_numbers(&sink, 10).await;
        sleep(Duration::from_secs(300)).await;

        let stats = sink.stats();
        assert_eq!((10, 3), (stats.delivered, stats.splits), "{stats:?}");
        assert_eq!(9, stats.throttled, "{stats:?}");
        assert_eq!(numbers(10), script.attempts()[2].records);
        assert_eq!(numbers(5), script.attempts()[3].records);
        finish(&sink, &script).await;
    }
}

/// Its halves are other requests: what the whole was told counts against none of their retries.
#[tokio::test(start_paused = true)]
async fn halves_of_a_throttled_batch_have_retries_of_their_own() {
    let script = Script::always(|records| {
        if records.len() > 1 && records[0] == "0" {
            throttled(None)
        } else {
            delivered()
        }
    });
    let sink = start(&script, limits(), delivery());

    for number in 0..1_000 {
        sink.write(&event(number.to_string())).await.unwrap();
        sleep(Duration::from_millis(100)).await;
    }

    let report = finish(&sink, &script).await;
    assert_eq!(1_000, report.delivered, "{report:?}");
}
