//! `try` from end to end: generates, builds, ships and accounts. One cache folder for all, so that
//! the dependencies are compiled once.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fapilog-gen");

/// Runs in the repository, where a lock is, with a cache that is kept from one run to the next.
fn run(arguments: &str) -> Output {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    command(&root.join("target/cache"))
        .args(arguments.split(' '))
        .current_dir(root)
        .output()
        .expect("ran")
}

/// The program as somebody runs it who has this cache folder and told cargo nothing.
fn command(cache: &Path) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .env("NO_COLOR", "1")
        .env("XDG_CACHE_HOME", cache)
        .env_remove("CARGO_TARGET_DIR");
    command
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn every_sample_entry_reaches_the_stand_in() {
    let output = run("try --provider datadog");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("  delivered        200\n"), "{said}");
    assert!(
        said.contains("200 of 200 entries accounted for, by context.message_id"),
        "{said}"
    );
    assert!(
        said.contains("one record as it looked on the wire"),
        "{said}"
    );
    assert!(!said.contains("example-api-key"), "{said}");
    assert_is_in_the_readme(&output);
}

/// The README shows this run, up to its `...`. Times and sizes differ from one run to the next.
fn assert_is_in_the_readme(output: &Output) {
    let without_digits = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "0");
    let readme = include_str!("../README.md");
    let (_, rest) = readme.split_once("```text\n").expect("a transcript");
    let (shown, _) = rest.split_once("...\n```").expect("its end");

    let printed = String::from_utf8_lossy(&output.stdout);
    let printed: String = printed
        .lines()
        .take(shown.lines().count())
        .flat_map(|line| [line, "\n"])
        .collect();
    assert_eq!(
        without_digits(shown),
        without_digits(&printed),
        "the README shows another run"
    );
}

#[test]
fn nothing_is_lost_when_the_stand_in_throttles_and_breaks_connections() {
    let output = run("try --provider cloudwatch --fault throttle:2 --fault reset");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("200 of 200 entries accounted for"), "{said}");
}

#[test]
fn the_python_sink_delivers_through_the_same_faults() {
    let plain = run("try --provider datadog --lang python");
    let faulty = run("try --provider loki --lang python --fault throttle:2 --fault reset");

    for output in [plain, faulty] {
        let said = said(&output);
        assert_eq!(output.status.code(), Some(0), "{said}");
        assert!(said.contains("  delivered        200\n"), "{said}");
        assert!(said.contains("200 of 200 entries accounted for"), "{said}");
        assert!(!said.contains("example-api-key"), "{said}");
    }
}

#[test]
fn a_file_of_entries_is_shipped_as_it_is() {
    let entry = r#"{"timestamp":"2026-11-23T13:12:31.559Z","level":"INFO","message":"plain","logger":"svc.api","context":{"message_id":"0d20a7c5-9d5f-4a52-8c4a-111111111111","correlation_id":null},"diagnostics":{},"data":{}}"#;
    let example = "try --provider loki --input app.ndjson";
    let folder = tempfile::tempdir().expect("temp dir");
    let input = folder.path().join("app.ndjson");
    fs::write(&input, format!("{entry}\n")).expect("write");

    let output = run(&example.replace("app.ndjson", &input.display().to_string()));

    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("1 of 1 entries accounted for"), "{said}");
}

/// Writes down what it is told, takes the lock it finds or makes one, and "builds" a sink that does nothing.
#[cfg(unix)]
const CARGO: &str = r#"#!/bin/sh
cd "$0.d" || exit 1
while [ "$1" != --manifest-path ]; do
    [ "$1" = --example ] && example=$2
    shift
done
project=$(dirname "$2")
[ -e "$project/Cargo.lock" ] || echo "made for $example" > "$project/Cargo.lock"
echo "$example: target ${CARGO_TARGET_DIR}, lock $(cat "$project/Cargo.lock")" >> said
echo "Compiling $example" >&2
printf '#!/bin/sh\necho {}\n' > "$example" && chmod +x "$example"
echo "{\"target\":{\"name\":\"$example\"},\"executable\":\"$PWD/$example\"}"
"#;

#[cfg(unix)]
#[test]
fn builds_share_a_cache_folder_and_its_lock_and_respect_cargo_target_dir() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().expect("temp dir");
    let (cargo, cache) = (folder.path().join("cargo"), folder.path().join("cache"));
    fs::create_dir(folder.path().join("cargo.d")).expect("folder");
    fs::create_dir(folder.path().join("here")).expect("folder");
    fs::write(&cargo, CARGO).expect("write");
    fs::set_permissions(&cargo, fs::Permissions::from_mode(0o755)).expect("executable");
    let run = |arguments: &str, target: Option<&str>| {
        let mut command = command(&cache);
        command
            .args(arguments.split(' '))
            .current_dir(folder.path().join("here"))
            .env("CARGO", &cargo)
            .envs(target.map(|target| ("CARGO_TARGET_DIR", target)));
        let output = command.output().expect("ran");
        assert_eq!(output.status.code(), Some(1), "{}", said(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };

    let shown = run("try --provider datadog", None);
    let quiet = run("try --quiet --provider loki", Some("/elsewhere"));

    let told = fs::read_to_string(folder.path().join("cargo.d/said")).expect("told");
    let shared = cache.join("fapilog-gen/rust").display().to_string();
    assert_eq!(
        format!(
            "datadog_ndjson: target {shared}, lock made for datadog_ndjson\n\
             loki_ndjson: target /elsewhere, lock made for datadog_ndjson\n"
        ),
        told
    );
    assert!(shown.contains("Compiling datadog_ndjson\n"), "{shown}");
    assert!(!quiet.contains("Compiling"), "{quiet}");
    let left = fs::read_dir(folder.path().join("here")).expect("folder");
    assert_eq!(0, left.count(), "nothing lies where it ran");
}

#[test]
fn without_cargo_the_error_says_what_to_install() {
    let folder = tempfile::tempdir().expect("temp dir");
    let output = command(folder.path())
        .args(["try", "--provider", "datadog"])
        .current_dir(folder.path())
        .env("CARGO", folder.path().join("no-cargo-here"))
        .output()
        .expect("ran");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("error[program]: cannot start cargo\n"),
        "{said}"
    );
    assert!(
        said.contains(
            "hint: `try` builds the sink it generates: install Rust from https://rustup.rs"
        ),
        "{said}"
    );
}

#[test]
fn without_python_the_error_says_what_to_install() {
    let folder = tempfile::tempdir().expect("temp dir");
    let output = command(folder.path())
        .args(["try", "--provider", "datadog", "--lang", "python"])
        .current_dir(folder.path())
        .env("PATH", folder.path())
        .output()
        .expect("ran");

    let said = said(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("error[program]: cannot make a virtual environment\n"),
        "{said}"
    );
    assert!(said.contains("install Python 3.10 or newer"), "{said}");
}

#[test]
fn what_is_asked_about_is_delivered_when_it_is_acknowledged() {
    let faults = "--fault ack-fail --fault ack-reset --fault ack-garbage --fault ack-pending";
    let output = run(&format!("try --provider splunk_hec --lang python {faults}"));

    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("  delivered        200\n"), "{said}");
    // Nothing is sent twice for a question that failed: the other requests are questions.
    assert!(said.contains("  retried            0"), "{said}");
    assert!(said.contains("200 of 200 entries accounted for"), "{said}");
}
