//! `dead-letter replay` against a receiver on the loopback interface that says what it is told to.

#[path = "dead_letter/receiver.rs"]
mod receiver;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use receiver::{Receiver, Reply};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const PROGRAM: &str = env!("CARGO_BIN_EXE_fapilog-gen");
const KEY: &str = "canary-key-123456";

struct Letters {
    folder: TempDir,
}

impl Letters {
    /// Events called `n0`, `n1`, … that a sink of Datadog kept.
    fn new(count: usize) -> Self {
        Self::of("datadog", count)
    }

    fn of(provider: &str, count: usize) -> Self {
        let folder = TempDir::new().expect("a folder");
        let mut text = String::new();
        for number in 0..count {
            let _ = writeln!(
                text,
                "{}",
                line(provider, "rejected", &format!("n{number}"))
            );
        }
        fs::write(folder.path().join("dead.ndjson"), text).expect("a file");
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("dead.ndjson")
    }

    /// Messages of what is left.
    fn left(&self) -> Vec<String> {
        let text = fs::read_to_string(self.path()).unwrap_or_default();
        let lines = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines
            .filter_map(|line| Some(line["entry"]["message"].as_str()?.to_owned()))
            .collect()
    }

    /// Names of the files in the folder.
    fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    fn command(&self, provider: &str, receiver: &Receiver) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args([
                "dead-letter",
                "replay",
                "dead.ndjson",
                "--provider",
                provider,
            ])
            .current_dir(self.folder.path())
            .env_clear()
            .env("DD_API_KEY", KEY)
            .env("DATADOG_SINK_URL", receiver.url())
            .env("ES_API_KEY", KEY)
            .env("ELASTICSEARCH_URL", receiver.url())
            .env("AWS_ACCESS_KEY_ID", "example-id")
            .env("AWS_SECRET_ACCESS_KEY", KEY)
            .env("AWS_REGION", "eu-central-1")
            .env("CLOUDWATCH_LOG_GROUP", "/shop/checkout")
            .env("AWS_ENDPOINT_URL", receiver.url())
            .stdin(Stdio::null());
        command
    }

    fn replay(&self, receiver: &Receiver) -> Output {
        self.command("datadog", receiver).output().expect("it runs")
    }

    fn start(&self, receiver: &Receiver) -> Child {
        let mut command = self.command("datadog", receiver);
        let command = command.stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("it runs")
    }
}

fn line(provider: &str, reason: &str, message: &str) -> String {
    let now = OffsetDateTime::now_utc().format(&Rfc3339).expect("a date");
    json!({
        "provider": provider, "reason": reason, "status": 400, "detail": "HTTP 400", "attempts": 1,
        "first_attempt": now, "last_attempt": now,
        "entry": {
            "timestamp": now, "level": "info", "message": message, "logger": "",
            "context": {}, "diagnostics": {}, "data": {},
        },
    })
    .to_string()
}

/// Messages of a request of Datadog's.
fn messages(body: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).expect("JSON");
    let events = body.as_array().expect("a list").iter();
    events
        .map(|event| event["message"].as_str().expect("text").to_owned())
        .collect()
}

/// How often each event was in a request that was answered with 202.
fn confirmed(receiver: &Receiver) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for request in receiver.requests() {
        if request.status == Some(202) {
            for message in messages(&request.body) {
                *counts.entry(message).or_default() += 1;
            }
        }
    }
    counts
}

fn said(output: &Output) -> String {
    let (out, error) = (&output.stdout, &output.stderr);
    format!(
        "{}{}",
        String::from_utf8_lossy(out),
        String::from_utf8_lossy(error)
    )
}

#[test]
fn ten_thousand_are_delivered_once_each_and_the_file_is_gone() {
    let letters = Letters::new(10_000);
    let receiver = Receiver::start(|_, _| Reply::status(202));

    let output = letters.replay(&receiver);

    assert_eq!(Some(0), output.status.code(), "{}", said(&output));
    let confirmed = confirmed(&receiver);
    assert_eq!(10_000, confirmed.len());
    assert!(confirmed.values().all(|count| *count == 1));
    assert_eq!(Vec::<String>::new(), letters.files());
    let first = &receiver.requests()[0];
    assert_eq!(Some(KEY), first.header("dd-api-key"));
    assert_eq!("/api/v2/logs", first.path);
}

/// Killed in the middle of each request in turn, and run again: what was confirmed is not sent twice,
/// nothing is lost.
#[test]
fn a_replay_that_is_killed_goes_on_where_it_was() {
    let letters = Letters::new(6_000);
    for killed_at in 0..6 {
        let receiver = Receiver::start(move |number, _| match number {
            // The first request of a run is the one that the last run did not get an answer to.
            1 => Reply::Silence,
            _ => Reply::status(202),
        });
        let mut child = letters.start(&receiver);
        let in_time = receiver.wait_for(if killed_at < 5 { 2 } else { 1 });
        assert!(in_time, "run {killed_at}");
        if killed_at < 5 {
            child.kill().expect("killed");
            child.wait().expect("it ends");
            // What an interrupted run got confirmed is not listed any more.
            let list = Command::new(PROGRAM)
                .args(["dead-letter", "list"])
                .arg(letters.path())
                .output()
                .expect("it runs");
            let left = 6_000 - 1_000 * (killed_at + 1);
            assert!(
                said(&list).contains(&format!(" {left} ")),
                "{}",
                said(&list)
            );
        } else {
            assert!(child.wait().expect("it ends").success());
        }
        let confirmed = confirmed(&receiver);
        assert_eq!(1_000, confirmed.len(), "run {killed_at}");
        assert!(confirmed.contains_key(&format!("n{}", 1_000 * killed_at)));
    }
    assert_eq!(Vec::<String>::new(), letters.files());
}

/// A full disk and a crash leave half a line in the journal; the rest of it counts.
#[test]
fn a_journal_that_was_broken_off_counts_up_to_there() {
    let letters = Letters::new(3_000);
    let receiver = Receiver::start(|number, _| match number {
        2 => Reply::Silence,
        _ => Reply::status(202),
    });
    let mut child = letters.start(&receiver);
    assert!(receiver.wait_for(3));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    let journal = letters.folder.path().join("dead.ndjson.replay");
    let mut file = OpenOptions::new()
        .append(true)
        .open(journal)
        .expect("a journal");
    file.write_all(b"[[0,\"abc").expect("written");
    let receiver = Receiver::start(|_, _| Reply::status(202));

    let output = letters.replay(&receiver);

    assert_eq!(Some(0), output.status.code(), "{}", said(&output));
    assert_eq!(1_000, confirmed(&receiver).len());
}

/// The file was replaced, and then the journal was to be removed: it says nothing of the new file.
#[test]
fn a_journal_of_another_file_is_not_believed() {
    let letters = Letters::new(2_000);
    let receiver = Receiver::start(|number, _| match number {
        1 => Reply::Silence,
        _ => Reply::status(202),
    });
    let mut child = letters.start(&receiver);
    assert!(receiver.wait_for(2));
    child.kill().expect("killed");
    child.wait().expect("it ends");
    let text = fs::read_to_string(letters.path()).expect("letters");
    fs::write(letters.folder.path().join("new"), text).expect("a copy");
    fs::rename(letters.folder.path().join("new"), letters.path()).expect("in its place");
    let receiver = Receiver::start(|_, _| Reply::status(202));

    let output = letters.replay(&receiver);

    assert_eq!(Some(0), output.status.code(), "{}", said(&output));
    assert_eq!(2_000, confirmed(&receiver).len());
}

#[test]
fn what_is_still_bad_stays_and_is_not_sent_for_ever() {
    let letters = Letters::new(1_000);
    let receiver = Receiver::start(|_, body| {
        let is_bad = messages(body)
            .iter()
            .any(|message| message == "n7" || message == "n70");
        Reply::status(if is_bad { 400 } else { 202 })
    });

    let output = letters.replay(&receiver);

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert_eq!(["n7", "n70"], *letters.left());
    assert_eq!(998, confirmed(&receiver).len());
    assert!(
        receiver.requests().len() <= 60,
        "{}",
        receiver.requests().len()
    );
    assert!(said(&output).contains("998 delivered"), "{}", said(&output));
    let before = receiver.requests().len();
    letters.replay(&receiver);
    assert!(receiver.requests().len() - before <= 3);
    assert_eq!(["n7", "n70"], *letters.left());
}

#[test]
fn a_provider_that_refuses_everything_is_not_asked_for_ever() {
    let letters = Letters::new(1_000);
    let receiver = Receiver::start(|_, _| Reply::status(400));

    let output = letters.replay(&receiver);

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert_eq!(1_000, letters.left().len());
    assert!(
        receiver.requests().len() <= 100,
        "{}",
        receiver.requests().len()
    );
}

#[test]
fn items_are_settled_one_by_one() {
    let letters = Letters::of("elasticsearch", 4);
    let receiver = Receiver::start(|number, body| {
        let events = body.lines().count() / 2;
        let status = |place: usize| match (number, place) {
            (0, 1) => 400,
            (0, 2) => 429,
            _ => 201,
        };
        let items: Vec<Value> = (0..events)
            .map(|place| json!({"create": {"status": status(place), "error": {"reason": "bad"}}}))
            .collect();
        Reply::json(200, &json!({"errors": true, "items": items}))
    });

    let output = letters
        .command("elasticsearch", &receiver)
        .output()
        .expect("it runs");

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert_eq!(["n1"], *letters.left());
    let requests = receiver.requests();
    assert_eq!(2, requests.len());
    assert!(requests[1].body.contains("n2") && !requests[1].body.contains("n3"));
}

#[test]
fn an_outage_ends_the_run_and_keeps_the_rest() {
    let letters = Letters::new(2_000);
    let receiver = Receiver::start(|number, _| match number {
        0 => Reply::status(202),
        _ => Reply::status(503).with("Retry-After", "0"),
    });

    let output = letters.replay(&receiver);

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert_eq!(1_000, letters.left().len());
    assert_eq!(1 + 6, receiver.requests().len());
    assert!(
        said(&output).contains("error[delivery]: datadog takes no events now"),
        "{}",
        said(&output)
    );
    assert_eq!(["dead.ndjson"], *letters.files());
}

#[test]
fn refused_credentials_end_the_run_at_once_and_are_not_shown() {
    let letters = Letters::new(10);
    let receiver = Receiver::start(|_, _| Reply::Answer {
        status: 403,
        headers: Vec::new(),
        body: format!("the key {KEY} is not known"),
    });

    let output = letters.replay(&receiver);

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert_eq!(1, receiver.requests().len());
    assert_eq!(10, letters.left().len());
    assert!(
        said(&output).contains("the key *** is not known"),
        "{}",
        said(&output)
    );
    assert!(!said(&output).contains("canary"), "{}", said(&output));
}

/// A redirect would carry the key along.
#[test]
fn redirects_are_not_followed() {
    let letters = Letters::new(1);
    let elsewhere = Receiver::start(|_, _| Reply::status(202));
    let url = elsewhere.url().to_owned();
    let receiver = Receiver::start(move |_, _| Reply::status(307).with("Location", &url));

    let output = letters.replay(&receiver);

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert!(elsewhere.requests().is_empty());
    assert_eq!(1, letters.left().len());
}

#[test]
fn what_is_not_asked_for_stays_and_so_does_what_a_sink_adds_meanwhile() {
    let letters = Letters::new(2);
    let mut text = fs::read_to_string(letters.path()).expect("letters");
    let _ = writeln!(text, "{}", line("loki", "rejected", "of another sink"));
    let _ = writeln!(text, "{}", line("datadog", "uncertain", "perhaps stored"));
    text += "{\"broken\n";
    fs::write(letters.path(), &text).expect("letters");
    let path = letters.path();
    let receiver = Receiver::start(move |_, _| {
        let mut file = OpenOptions::new()
            .append(true)
            .open(&path)
            .expect("letters");
        writeln!(file, "{}", line("datadog", "rejected", "new")).expect("appended");
        Reply::status(202)
    });

    let output = letters.replay(&receiver);

    assert_eq!(Some(0), output.status.code(), "{}", said(&output));
    let left = letters.left();
    assert!(left.starts_with(&["of another sink".to_owned(), "perhaps stored".to_owned()]));
    let text = fs::read_to_string(letters.path()).expect("letters");
    assert!(text.contains("{\"broken\n"));
    // It came while the file was read, or after: sent or kept, and never lost.
    let sent = confirmed(&receiver);
    assert_eq!(
        2 + receiver.requests().len(),
        sent.values().sum::<u32>() as usize + left.len() - 2
    );
    assert!(sent.contains_key("n0") && sent.contains_key("n1"));
}

#[test]
fn uncertain_events_are_sent_when_they_are_asked_for() {
    let letters = Letters::new(1);
    fs::write(
        letters.path(),
        line("datadog", "uncertain", "perhaps stored") + "\n",
    )
    .expect("one");
    let receiver = Receiver::start(|_, _| Reply::status(202));

    let output = letters
        .command("datadog", &receiver)
        .args(["--reason", "uncertain"])
        .output()
        .expect("it runs");

    assert_eq!(Some(0), output.status.code(), "{}", said(&output));
    assert_eq!(1, receiver.requests().len());
}

#[test]
fn one_file_is_replayed_once_at_a_time() {
    let letters = Letters::new(1);
    let receiver = Receiver::start(|_, _| Reply::Silence);
    let mut child = letters.start(&receiver);
    assert!(receiver.wait_for(1));

    let output = letters.replay(&receiver);

    child.kill().expect("killed");
    child.wait().expect("it ends");
    assert_eq!(Some(2), output.status.code(), "{}", said(&output));
    assert!(
        said(&output).contains("is being replayed already"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_request_of_an_sdk_is_made_and_signed() {
    let letters = Letters::of("cloudwatch", 2);
    let receiver = Receiver::start(|_, _| {
        Reply::json(
            200,
            &json!({"rejectedLogEventsInfo": {"tooOldLogEventEndIndex": 1}}),
        )
    });

    let output = letters
        .command("cloudwatch", &receiver)
        .output()
        .expect("it runs");

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    let request = &receiver.requests()[0];
    assert_eq!(
        Some("Logs_20140328.PutLogEvents"),
        request.header("x-amz-target")
    );
    let signature = request.header("authorization").expect("signed");
    assert!(
        signature.starts_with("AWS4-HMAC-SHA256 Credential=example-id/"),
        "{signature}"
    );
    assert!(
        signature.contains("/eu-central-1/logs/aws4_request"),
        "{signature}"
    );
    let body: Value = serde_json::from_str(&request.body).expect("JSON");
    assert_eq!("/shop/checkout", body["logGroupName"]);
    assert_eq!(2, body["logEvents"].as_array().expect("events").len());
    assert_eq!(1, letters.left().len());
}

#[test]
fn credentials_do_not_travel_in_clear_to_other_machines() {
    let letters = Letters::new(1);
    let receiver = Receiver::start(|_, _| Reply::status(202));

    let output = letters
        .command("datadog", &receiver)
        .env("DATADOG_SINK_URL", "http://192.0.2.1:9")
        .output()
        .expect("it runs");

    assert_eq!(Some(1), output.status.code(), "{}", said(&output));
    assert!(said(&output).contains("`http://`"), "{}", said(&output));
    assert_eq!(1, letters.left().len());
}

#[cfg(unix)]
#[test]
fn what_is_left_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let letters = Letters::new(2);
    let receiver = Receiver::start(|_, body| {
        Reply::status(if messages(body).contains(&"n0".to_owned()) {
            400
        } else {
            202
        })
    });

    letters.replay(&receiver);

    assert_eq!(["n0"], *letters.left());
    let mode = |path: &Path| fs::metadata(path).expect("a file").permissions().mode() & 0o777;
    assert_eq!(0o600, mode(&letters.path()));
}
