//! Stopping, flushing and dropping a sink.

use std::time::Duration;

use runtime_tests::cloud_sink_base::{
    CloudSink, DeliveryConfig, DropReason, RefuseReason, StartError, Surroundings, WriteError,
};
use tokio::time::{Instant, sleep};

use crate::support::*;

#[tokio::test(start_paused = true)]
async fn stop_delivers_what_is_pending() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());

    write_numbers(&sink, 1_003).await;

    assert_eq!(1_003, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn stop_refuses_later_writes() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    finish(&sink, &script).await;

    let result = sink.write(&event("late")).await;

    assert_eq!(Err(WriteError::Closed), result);
    assert_eq!(Some(&1), sink.stats().refused.get(&RefuseReason::Closed));
}

#[tokio::test(start_paused = true)]
async fn second_stop_returns_the_same_report() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 5).await;

    let first = finish(&sink, &script).await;

    assert_eq!(first, sink.stop(Duration::from_secs(5)).await);
}

#[tokio::test(start_paused = true)]
async fn stop_cuts_a_long_retry_after_short() {
    let script = Script::new([throttled(Some(300))]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 10).await;
    sleep(Duration::from_secs(1)).await;
    let began = Instant::now();

    let report = finish_within(&sink, &script, Duration::from_secs(5)).await;

    assert_eq!(10, report.delivered);
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn stop_probes_an_open_breaker_at_once() {
    let script = Script::new(vec![transient(); 8]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 50).await;
    sleep(Duration::from_secs(5)).await;

    let report = finish_within(&sink, &script, Duration::from_secs(10)).await;

    assert_eq!(50, report.delivered);
}

#[tokio::test(start_paused = true)]
async fn stop_against_a_silent_server_ends_at_the_deadline() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 200).await;
    let began = Instant::now();

    let report = finish_within(&sink, &script, Duration::from_secs(5)).await;

    assert_eq!(
        Some(&200),
        report.dropped.get(&DropReason::ShutdownDeadline)
    );
    assert!(
        began.elapsed() <= Duration::from_millis(5_100),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn stop_while_the_account_is_refused_ends_at_the_deadline() {
    let script = Script::always(|_| paused());
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 20).await;

    let report = finish_within(&sink, &script, Duration::from_secs(2)).await;

    assert_eq!(20, report.dropped_total());
}

#[tokio::test(start_paused = true)]
async fn flush_sends_partial_batches_and_stays_open() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 13).await;
    let began = Instant::now();

    sink.flush(Duration::from_secs(5)).await.unwrap();

    assert_eq!((13, 0), (sink.stats().delivered, sink.stats().pending));
    assert!(began.elapsed() < Duration::from_millis(10));
    write_numbers(&sink, 1).await;
    assert_eq!(14, finish(&sink, &script).await.delivered);
}

#[tokio::test(start_paused = true)]
async fn flush_waits_for_in_flight_batches() {
    let slow = Step::AnswerAfter(
        Duration::from_secs(3),
        runtime_tests::cloud_sink_base::Outcome::Delivered,
    );
    let script = Script::new([slow]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 10).await;
    let began = Instant::now();

    sink.flush(Duration::from_secs(5)).await.unwrap();

    assert_eq!(Duration::from_secs(3), began.elapsed());
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn flush_of_more_than_fits_in_flight_ends() {
    let slow = || {
        Step::AnswerAfter(
            Duration::from_secs(1),
            runtime_tests::cloud_sink_base::Outcome::Delivered,
        )
    };
    let script = Script::always(move |_| slow());
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 333).await;

    sink.flush(Duration::from_secs(60)).await.unwrap();

    assert_eq!(333, sink.stats().delivered);
    finish(&sink, &script).await;
}

#[tokio::test(start_paused = true)]
async fn flush_that_runs_out_of_time_says_how_much_is_pending() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 7).await;

    let error = sink.flush(Duration::from_secs(1)).await.unwrap_err();

    assert_eq!(7, error.pending);
    assert_accounted(&sink.stop(Duration::ZERO).await);
}

#[tokio::test(start_paused = true)]
async fn flush_of_a_stopped_sink_has_nothing_to_wait_for() {
    let script = Script::new([]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 7).await;
    finish(&sink, &script).await;

    assert_eq!(Ok(()), sink.flush(Duration::from_secs(1)).await);
}

#[test]
fn dropped_sink_delivers_what_is_pending() {
    let script = Script::new([]);
    let sink = CloudSink::start(parts(&script, limits(), delivery())).unwrap();
    let handle = sink.handle();
    for number in 0..25 {
        handle.try_write(&event(number.to_string())).unwrap();
    }

    drop(sink);

    assert_eq!(25, handle.stats().delivered);
    assert_accounted(&handle.stats());
}

#[test]
fn stop_blocking_needs_no_runtime() {
    let script = Script::new([]);
    let sink = CloudSink::start(parts(&script, limits(), delivery())).unwrap();
    sink.try_write(&event("one")).unwrap();

    let report = sink.stop_blocking(Duration::from_secs(60));

    assert_accounted(&report);
    assert_eq!(1, report.delivered);
}

#[test]
fn transport_that_cannot_be_made_is_a_start_error() {
    let mut parts = parts(&Script::new([]), limits(), delivery());
    parts.transport = Box::new(|| Err("no certificates".into()));

    let error = CloudSink::start(parts).unwrap_err();

    assert!(matches!(error, StartError::Transport(_)));
}

#[tokio::test]
async fn health_check_reaches_the_transport() {
    let script = Script::new([]);
    let sink = CloudSink::start(parts(&script, limits(), delivery())).unwrap();

    assert_eq!("scripted", sink.health_check().await.unwrap_err().reason);

    finish(&sink, &script).await;
    assert_eq!(
        "the sink is stopped",
        sink.health_check().await.unwrap_err().reason
    );
}

#[tokio::test(start_paused = true)]
async fn worker_that_is_dropped_leaves_no_event_without_a_record() {
    let script = Script::always(|_| Step::Hang);
    let file = folder("worker_that_is_dropped").join("dead.ndjson");
    let delivery = DeliveryConfig {
        dead_letter_path: Some(file.clone()),
        ..delivery()
    };
    let (sink, worker) =
        CloudSink::assemble(parts(&script, limits(), delivery), Surroundings::default()).unwrap();
    let running = tokio::spawn(worker.run());
    write_numbers(&sink, 15).await;
    sleep(Duration::from_secs(2)).await;

    running.abort();
    let _ = running.await;

    assert_eq!(Err(WriteError::Closed), sink.try_write(&event("late")));
    let report = sink.stop(Duration::from_secs(1)).await;
    assert_accounted(&report);
    assert_eq!(15, report.dead_lettered);
    assert_eq!(15, std::fs::read_to_string(file).unwrap().lines().count());
}

#[tokio::test(start_paused = true)]
async fn durations_without_end_are_no_problem() {
    let script = Script::new([transient(), throttled(None)]);
    let delivery = DeliveryConfig {
        batch_timeout: Duration::MAX,
        retry_max_delay: Duration::MAX,
        attempt_timeout: Duration::MAX,
        delivery_timeout: Duration::MAX,
        block_timeout: Duration::MAX,
        queue_max_events: 5,
        max_in_flight: 64,
        ..delivery()
    };
    let sink = start(&script, limits(), delivery);

    write_numbers(&sink, 55).await;
    sink.flush(Duration::MAX).await.unwrap();
    write_numbers(&sink, 5).await;
    let report = sink.stop(Duration::MAX).await;

    assert_accounted(&report);
    assert_eq!(60, report.delivered);
}

#[tokio::test(start_paused = true)]
async fn later_stop_shortens_an_earlier_one() {
    let script = Script::always(|_| Step::Hang);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 20).await;
    let began = Instant::now();

    let patient = tokio::time::timeout(
        Duration::from_secs(1),
        sink.stop(Duration::from_secs(3_600)),
    );
    assert!(patient.await.is_err());
    let report = finish_within(&sink, &script, Duration::from_secs(2)).await;

    assert_eq!(20, report.dropped_total());
    assert!(began.elapsed() < Duration::from_secs(4));
}

#[tokio::test(start_paused = true)]
async fn flushes_at_the_same_time_all_end() {
    let script = Script::new([transient()]);
    let sink = start(&script, limits(), delivery());
    write_numbers(&sink, 25).await;
    let within = Duration::from_secs(30);

    let (first, second, third) =
        tokio::join!(sink.flush(within), sink.flush(within), sink.flush(within));

    assert_eq!((Ok(()), Ok(()), Ok(())), (first, second, third));
    assert_eq!(25, finish(&sink, &script).await.delivered);
}

/// The queue, the batch being filled, what waits for a retry and what is in flight: all of it.
#[tokio::test(start_paused = true)]
async fn deadline_of_stop_leaves_everything_in_the_dead_letter_file() {
    let file = folder("deadline_of_stop").join("dead.ndjson");
    let delivery = DeliveryConfig {
        dead_letter_path: Some(file.clone()),
        ..delivery()
    };
    let steps = [transient(), Step::Hang, delivered(), transient()];
    let script = Script::with_rule(steps, |_| Step::Hang);
    let sink = start(&script, limits(), delivery);
    write_numbers(&sink, 30_003).await;
    let began = Instant::now();

    let report = sink.stop(Duration::from_secs(2)).await;

    assert_accounted(&report);
    assert_eq!(report.accepted, report.delivered + report.dead_lettered);
    let kept = std::fs::read_to_string(file).unwrap().lines().count();
    assert_eq!(report.dead_lettered, kept as u64);
    assert!(began.elapsed() <= Duration::from_millis(2_100));
}

/// On a thread of its own and in real time, as a program has it that forgets to stop.
#[test]
fn dropped_sink_leaves_what_it_cannot_deliver_in_the_dead_letter_file() {
    let file = folder("dropped_sink").join("dead.ndjson");
    let delivery = DeliveryConfig {
        dead_letter_path: Some(file.clone()),
        ..delivery()
    };
    let script = Script::always(|_| Step::Hang);
    let sink = CloudSink::start(parts(&script, limits(), delivery)).unwrap();
    let handle = sink.handle();
    for number in 0..25 {
        handle.try_write(&event(number.to_string())).unwrap();
    }

    drop(sink);

    assert_accounted(&handle.stats());
    assert_eq!(25, handle.stats().dead_lettered);
    assert_eq!(25, std::fs::read_to_string(file).unwrap().lines().count());
}
