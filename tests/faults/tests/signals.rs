//! What becomes of events when a program is told to end by a signal while its provider is down.
//! The program is `src/bin/service.rs`; the oracle is what the stand-in stored and what the
//! dead-letter file holds.
#![cfg(unix)]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use fapilog_gen::mock::MockServer;
use fault_tests::{Provider, fault, stand_in};
use serde_json::Value;
use tokio::net::TcpSocket;

/// Longer than anything takes, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(60);

const WITHIN: Duration = Duration::from_secs(1);

/// A running service; ended with the test, whatever comes of that.
struct Service {
    child: Child,
    written: Receiver<String>,
    told: Receiver<String>,
    dead_letters: Option<PathBuf>,
}

impl Service {
    fn start(test: &str, url: &str, keeps: bool) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("signals");
        std::fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join(test).with_extension("ndjson");
        let _ = std::fs::remove_file(&file);
        let dead_letters = keeps.then_some(file);
        let mut child = Command::new(env!("CARGO_BIN_EXE_service"))
            .arg(url)
            .arg(dead_letters.as_deref().unwrap_or(Path::new("-")))
            .arg(WITHIN.as_millis().to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a program");
        Self {
            written: lines(child.stdout.take().expect("its output")),
            told: lines(child.stderr.take().expect("its errors")),
            child,
            dead_letters,
        }
    }

    fn write(&mut self, count: usize) {
        let input = self.child.stdin.as_mut().expect("its input");
        writeln!(input, "{count}").expect("it listens");
        let answer = self.written.recv_timeout(PATIENCE);
        assert_eq!(Ok("written"), answer.as_deref());
    }

    /// The next line it says on standard error.
    fn says(&self) -> String {
        self.told.recv_timeout(PATIENCE).expect("a line")
    }

    /// Sends SIGTERM. Returns the report, and what it said on standard error from here on.
    fn terminate(mut self) -> Ending {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status();
        assert!(sent.expect("a signal").success());
        let report = self.written.recv_timeout(PATIENCE).expect("a report");
        let said: Vec<String> = self.told.iter().collect();
        assert!(self.child.wait().expect("its end").success());
        Ending {
            report: serde_json::from_str(&report).expect("a report"),
            said: said.join("\n"),
            dead: self
                .dead_letters
                .as_deref()
                .map_or_else(BTreeSet::new, dead),
        }
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // It has ended in a test that passes.
        let _ = self.child.kill();
    }
}

/// How a service ended.
#[derive(Debug)]
struct Ending {
    report: Value,
    said: String,
    dead: BTreeSet<u64>,
}

fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // The test may have ended.
            let _ = sender.send(line);
        }
    });
    receiver
}

fn id(record: &Value) -> u64 {
    record["data"]["id"].as_u64().expect("an id")
}

fn dead(file: &Path) -> BTreeSet<u64> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let line = |line: &str| {
        let line: Value = serde_json::from_str(line).expect("a JSON line");
        id(&line["entry"])
    };
    text.lines().map(line).collect()
}

fn stored(mock: &MockServer) -> BTreeSet<u64> {
    let snapshot = mock.snapshot();
    let records = snapshot.records.iter();
    records.map(|record| id(&record.fields)).collect()
}

/// A port that refuses connections for as long as the socket lives.
fn refusing() -> (TcpSocket, String) {
    let socket = TcpSocket::new_v4().expect("a socket");
    let any = "127.0.0.1:0".parse().expect("an address");
    socket.bind(any).expect("a port");
    let url = format!("http://{}", socket.local_addr().expect("its address"));
    (socket, url)
}

fn all(count: u64) -> BTreeSet<u64> {
    (0..count).collect()
}

#[tokio::test]
async fn events_of_an_outage_are_in_the_dead_letter_file() {
    let (_port, url) = refusing();
    let mut service = Service::start("outage", &url, true);

    service.write(500);
    let ending = service.terminate();

    assert_eq!(500, ending.report["dead_lettered"], "{ending:?}");
    assert_eq!(0, ending.report["pending"], "{ending:?}");
    assert_eq!(all(500), ending.dead);
}

#[tokio::test]
async fn events_of_an_outage_without_a_file_are_counted_and_told() {
    let (_port, url) = refusing();
    let mut service = Service::start("told", &url, false);

    service.write(500);
    let ending = service.terminate();

    assert_eq!(500, ending.report["dropped"]["shutdown_deadline"]);
    assert_eq!(0, ending.report["pending"], "{ending:?}");
    let stopped = "loki sink stopped: 0 delivered, 0 dead-lettered, 500 dropped";
    assert!(ending.said.contains(stopped), "{ending:?}");
}

#[tokio::test]
async fn events_in_the_hands_of_a_silent_provider_are_in_the_dead_letter_file() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("its address"));
    let (sender, connected) = channel::<TcpStream>();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Kept open and never answered; the test may have ended.
            let _ = sender.send(stream);
        }
    });
    let mut service = Service::start("silent", &url, true);

    service.write(500);
    let _connection = connected.recv_timeout(PATIENCE).expect("a connection");
    let ending = service.terminate();

    assert_eq!(500, ending.report["dead_lettered"], "{ending:?}");
    assert_eq!(all(500), ending.dead);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn report_equals_what_the_provider_stored_before_it_went_away() {
    let mock = stand_in(Provider::Loki, None).await;
    let url = mock.url();
    let mut service = Service::start("went_away", &url, true);
    let mut arrivals = mock.subscribe();

    service.write(30);
    while stored(&mock).len() < 30 {
        arrivals.next().await.expect("a request").expect("seen");
    }
    mock.add_fault(fault("fail:100000"));
    service.write(500);
    arrivals.next().await.expect("a request").expect("seen");
    let ending = service.terminate();

    let stored = stored(&mock);
    assert_eq!(530, ending.report["accepted"], "{ending:?}");
    assert_eq!(ending.report["delivered"], stored.len(), "{ending:?}");
    assert_eq!(ending.report["dead_lettered"], ending.dead.len());
    assert!(stored.is_disjoint(&ending.dead), "{ending:?}");
    assert_eq!(all(530), &stored | &ending.dead);
}

/// A subscriber that is a sink's layer alone shows nothing; a person must see it all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_key_is_told_on_standard_error_while_the_program_runs() {
    let mock = stand_in(Provider::Loki, None).await;
    mock.add_fault(fault("unauthorized:100000"));
    let mut service = Service::start("key", &mock.url(), true);

    service.write(20);
    let said = service.says();
    let ending = service.terminate();

    let paused = "loki sink is paused, events are kept: HTTP 401";
    assert!(said.starts_with(paused), "{said}");
    assert!(!said.contains(fault_tests::TOKEN), "{said}");
    assert_eq!(20, ending.report["accepted"], "its own line is no event");
    assert_eq!(all(20), ending.dead);
}
