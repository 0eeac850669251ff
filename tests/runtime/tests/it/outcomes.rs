//! What follows from each outcome.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use runtime_tests::cloud_sink_base::{DropReason, Outcome, RejectedItem};

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
    let script = Script::always(|records| {
        if records.iter().any(|record| record == "7321") {
            bisect()
        } else {
            delivered()
        }
    });
    let mut delivery = delivery();
    delivery.batch_size = 10_000;
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 10_000).await;
    let report = finish(&sink, &script).await;

    assert_eq!(9_999, report.delivered);
    assert_eq!(Some(&1), report.dropped.get(&DropReason::Rejected));
    assert!(report.requests <= 29, "{}", report.requests);
}

#[tokio::test(start_paused = true)]
async fn search_for_bad_events_ends_when_all_are_bad() {
    let script = Script::always(|_| bisect());
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
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;

    assert_eq!(3, running.load(Ordering::SeqCst));
    assert_accounted(&sink.stop(std::time::Duration::ZERO).await);
}
