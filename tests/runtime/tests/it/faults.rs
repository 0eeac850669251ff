//! Every outcome, overflow policy and way to stop together: each event is accounted for.

use std::time::Duration;

use runtime_tests::cloud_sink_base::{DeliveryConfig, Order, Outcome, Overflow, RejectedItem};
use tokio::time::sleep;

use crate::support::*;

fn faults() -> Vec<(&'static str, Step)> {
    let items = Outcome::Partial {
        rejected: vec![RejectedItem::refused(0, "bad")],
        retry: vec![1, 2],
    };
    vec![
        ("delivered", delivered()),
        ("partial", Step::Answer(items)),
        ("split", split()),
        ("bisect", bisect()),
        ("throttled", throttled(None)),
        ("throttled for long", throttled(Some(200))),
        ("transient", transient()),
        ("paused", paused()),
        ("rejected", rejected()),
        ("hang", Step::Hang),
        ("panic", Step::Panic),
    ]
}

#[tokio::test(start_paused = true)]
async fn every_event_is_accounted_for_whatever_happens() {
    for (name, fault) in faults() {
        for overflow in [Overflow::Block, Overflow::DropNewest, Overflow::DropOldest] {
            for order in [Order::Any, Order::WithinBatch, Order::AcrossBatches] {
                for (times, within) in [(1, 30), (1, 0), (7, 5), (usize::MAX, 3)] {
                    run(name, &fault, overflow, order, times, within).await;
                }
            }
        }
    }
}

async fn run(
    name: &str,
    fault: &Step,
    overflow: Overflow,
    order: Order,
    times: usize,
    within: u64,
) {
    let repeated = fault.clone();
    let script = match times {
        usize::MAX => Script::always(move |_| repeated.clone()),
        times => Script::new(vec![repeated; times]),
    };
    let mut limits = limits();
    limits.order = order;
    let delivery = DeliveryConfig {
        queue_max_events: 30,
        overflow,
        block_timeout: Duration::from_millis(300),
        ..delivery()
    };
    let sink = start(&script, limits, delivery);

    let mut accepted = 0;
    for number in 0..150 {
        accepted += u64::from(sink.write(&event(number.to_string())).await.is_ok());
        if number % 40 == 0 {
            sleep(Duration::from_millis(400)).await;
        }
        assert!(
            sink.stats().is_balanced(),
            "{name} {overflow:?}: {:?}",
            sink.stats()
        );
    }
    let report = finish_within(&sink, &script, Duration::from_secs(within)).await;

    assert_eq!(accepted, report.accepted, "{name} {overflow:?}");
    assert_eq!(
        150,
        report.accepted + report.refused_total(),
        "{name} {overflow:?}"
    );
    let mut stored = script.stored();
    stored.sort();
    stored.dedup();
    assert_eq!(
        report.delivered,
        stored.len() as u64,
        "{name} {overflow:?} {order:?}: stored twice or lost"
    );
}
