//! Every fault of the stand-ins against the sinks as they lie in generated/rust: no event is lost
//! without being counted, none is invented or changed, none is sent twice without need.

use std::process::Command;
use std::time::Duration;

use cloud_sinks::cloud_sink_base::{DeliveryConfig, DropReason};
use fapilog_gen::mock::FAULTS;
use fault_tests::{Provider, Run, delivery, fault, stand_in};
use tokio::net::TcpSocket;

/// Time a healthy sink never needs.
const PLENTY: Duration = Duration::from_secs(60);

/// Events written while a fault is in place.
const EVENTS: usize = 40;

/// One fault and what must come of it.
struct Cell {
    fault: &'static str,
    /// The sink waits for a person; only stopping makes it try again at once.
    pauses: bool,
    /// The answer is lost, or tells of refusals without naming them: events may come again.
    repeats: bool,
    /// Events that are never delivered.
    refused: usize,
    /// Why they are not.
    reason: DropReason,
    /// What the sink has for its end.
    within: Duration,
}

const fn cell(fault: &'static str) -> Cell {
    Cell {
        fault,
        pauses: false,
        repeats: false,
        refused: 0,
        reason: DropReason::Rejected,
        within: PLENTY,
    }
}

const fn pausing(fault: &'static str) -> Cell {
    Cell {
        pauses: true,
        ..cell(fault)
    }
}

const fn repeating(fault: &'static str) -> Cell {
    Cell {
        repeats: true,
        ..cell(fault)
    }
}

/// All is kept until there is no more time.
const fn keeping(fault: &'static str) -> Cell {
    Cell {
        pauses: true,
        refused: EVENTS,
        reason: DropReason::ShutdownDeadline,
        within: Duration::from_secs(2),
        ..cell(fault)
    }
}

const fn refusing(fault: &'static str, refused: usize) -> Cell {
    Cell {
        repeats: true,
        refused,
        ..cell(fault)
    }
}

fn cells() -> Vec<Cell> {
    vec![
        cell("throttle:1"),
        cell("throttle:12"),
        cell("fail:1"),
        cell("fail:12"),
        pausing("unauthorized:1"),
        pausing("unauthorized:3"),
        cell("too-large:1"),
        cell("too-large:3"),
        cell("malformed:1"),
        // Whatever is sent is refused in the same words: the form is wrong, no event is.
        keeping("malformed:1000"),
        pausing("malformed:8"),
        pausing("redirect:1"),
        cell("garbage:1"),
        cell("reset:1"),
        cell("reset:12"),
        repeating("lost-answer:1"),
        repeating("lost-answer:3"),
        repeating("half-answer:1"),
        // Short of a server that is never heard of again, only the attempt's own limit ends it.
        repeating("stall:3600"),
        cell("slow:20"),
        refusing("reject-every:4", EVENTS / 4),
        refusing("reject-matching:poison", EVENTS / 5),
        // Neither provider defers single events.
        cell("throttle-every:4"),
    ]
}

async fn every_fault(provider: Provider) {
    for cell in cells() {
        for keeps in [true, false] {
            run(provider, &cell, keeps).await;
        }
    }
}

async fn run(provider: Provider, cell: &Cell, keeps: bool) {
    let mock = stand_in(provider, None).await;
    let attempt_timeout = match cell.fault {
        "stall:3600" => Duration::from_secs(1),
        _ => PLENTY,
    };
    let delivery = DeliveryConfig {
        attempt_timeout,
        ..delivery()
    };
    let mut run = Run::start(provider, &mock.url(), cell.fault, keeps, delivery).await;
    let name = run.name.clone();
    let mut arrivals = mock.subscribe();
    mock.add_fault(fault(cell.fault));

    run.write(EVENTS).await;
    if cell.pauses {
        arrivals.next().await.expect("a request").expect("seen");
    } else {
        let flushed = run.sink.flush(PLENTY).await;
        assert!(flushed.is_ok(), "{name}: {flushed:?}");
    }
    let ending = run.finish(&mock, cell.within).await;

    let report = &ending.report;
    assert_eq!(
        (EVENTS - cell.refused) as u64,
        report.delivered,
        "{name}: {report:?}"
    );
    if keeps {
        assert_eq!(cell.refused, ending.dead, "{name}: {report:?}");
        assert_eq!(0, report.dropped_total(), "{name}: {report:?}");
    } else if cell.refused > 0 {
        let dropped = report.dropped.get(&cell.reason).copied();
        assert_eq!(Some(cell.refused as u64), dropped, "{name}: {report:?}");
    }
    assert!(
        cell.repeats || ending.repeated == 0,
        "{name}: {} sent twice: {report:?}",
        ending.repeated
    );
    let named = cell.fault.split(':').next().unwrap_or_default();
    let per_request = !matches!(
        named,
        "slow" | "reject-every" | "reject-matching" | "throttle-every"
    );
    assert!(
        !per_request || ending.snapshot.counters.faults > 0,
        "{name}: the fault did not happen"
    );
}

async fn outage_then_recovery(provider: Provider) {
    let mock = stand_in(provider, None).await;
    let url = mock.url();
    let mut run = Run::start(provider, &url, "outage", true, delivery()).await;
    mock.shutdown().await;
    // Bound and not listening, so that nobody else gets the port meanwhile.
    let address = url.trim_start_matches("http://");
    let place = TcpSocket::new_v4().expect("a socket");
    place.set_reuseaddr(true).expect("an option");
    place
        .bind(address.parse().expect("an address"))
        .expect("the port");

    run.write(EVENTS).await;
    // A flush that runs out of time is a wait that other threads' work does not disturb.
    while run.sink.stats().requests < 8 {
        assert!(run.sink.flush(Duration::from_millis(10)).await.is_err());
    }
    drop(place);
    let mock = stand_in(provider, Some(&url)).await;
    run.write(EVENTS).await;
    assert!(run.sink.flush(PLENTY).await.is_ok(), "{}", run.name);
    let ending = run.finish(&mock, PLENTY).await;

    assert_eq!(2 * EVENTS as u64, ending.report.delivered);
    assert_eq!(0, ending.repeated);
}

async fn stop_during_stall(provider: Provider) {
    let mock = stand_in(provider, None).await;
    let delivery = DeliveryConfig {
        attempt_timeout: Duration::from_secs(3_600),
        ..delivery()
    };
    let mut run = Run::start(provider, &mock.url(), "stop", true, delivery).await;
    let mut arrivals = mock.subscribe();
    for _ in 0..4 {
        mock.add_fault(fault("stall:3600"));
    }

    run.write(EVENTS).await;
    arrivals.next().await.expect("a request").expect("seen");
    let ending = run.finish(&mock, Duration::from_secs(2)).await;

    assert_eq!(EVENTS, ending.dead, "{:?}", ending.report);
    assert_eq!(0, ending.report.delivered);
}

#[test]
fn every_fault_has_its_cell() {
    // Neither provider acknowledges later; Splunk's questions have tests of their own.
    let of_all = FAULTS
        .iter()
        .filter(|(fault, ..)| !fault.starts_with("ack-"));
    for (fault, ..) in of_all {
        let known = cells()
            .iter()
            .any(|cell| cell.fault.split(':').next() == Some(*fault));
        assert!(known, "no cell with `{fault}`");
    }
}

#[test]
fn loki_survives_every_fault() {
    with_credentials("loki_survives_every_fault", async || {
        every_fault(Provider::Loki).await;
    });
}

#[test]
fn cloudwatch_survives_every_fault() {
    with_credentials("cloudwatch_survives_every_fault", async || {
        every_fault(Provider::CloudWatch).await;
    });
}

#[test]
fn outages_end_without_loss() {
    with_credentials("outages_end_without_loss", async || {
        outage_then_recovery(Provider::Loki).await;
        outage_then_recovery(Provider::CloudWatch).await;
    });
}

#[test]
fn stop_does_not_wait_for_a_silent_provider() {
    with_credentials("stop_does_not_wait_for_a_silent_provider", async || {
        stop_during_stall(Provider::Loki).await;
        stop_during_stall(Provider::CloudWatch).await;
    });
}

/// Runs `body` in a child process with the credentials the stand-in takes: AWS's SDK reads them
/// from the environment, and the environment of a process with threads must not change.
fn with_credentials(test: &str, body: impl AsyncFnOnce()) {
    const CHILD: &str = "FAULT_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        return runtime.block_on(body());
    }
    let mut child = Command::new(std::env::current_exe().expect("a test program"));
    child.args([test, "--exact", "--nocapture"]).env(CHILD, "1");
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            child.env_remove(name);
        }
    }
    let home = std::env::temp_dir().join("fault-tests-no-home");
    child
        .env("HOME", &home)
        .env("USERPROFILE", home)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_ACCESS_KEY_ID", "example-aws-access-key-id")
        .env("AWS_SECRET_ACCESS_KEY", "example-aws-secret-access-key");
    let output = child.output().expect("a child process");
    assert!(
        output.status.success(),
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
