//! Commands that a transcript cannot show: one that runs until it is stopped, and one that works on
//! a whole repository.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_fapilog-gen");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A running stand-in; dropping it ends the program.
struct Mock {
    child: Child,
    lines: BufReader<std::process::ChildStdout>,
}

impl Mock {
    fn start(arguments: &str) -> Self {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments.split(' '))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let lines = BufReader::new(child.stdout.take().expect("piped"));
        Self { child, lines }
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).expect("readable");
        line.trim_end().to_owned()
    }

    /// Host and port, read from the first line.
    fn address(&mut self) -> String {
        let line = self.line();
        let (_, rest) = line
            .split_once("http://")
            .unwrap_or_else(|| panic!("no address in `{line}`"));
        rest.split([',', ' ']).next().expect("address").to_owned()
    }
}

impl Drop for Mock {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request, by hand; returns the status line.
fn post(address: &str, path: &str, headers: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("connected");
    write!(
        stream,
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answered");
    answer.lines().next().unwrap_or_default().to_owned()
}

#[test]
fn the_stand_in_prints_how_to_reach_it_and_what_arrives() {
    let mut mock = Mock::start("mock --provider datadog");
    let address = mock.address();
    let preamble: Vec<_> = (0..9).map(|_| mock.line()).collect();

    let status = post(
        &address,
        "/api/v2/logs",
        "Content-Type: application/json\r\n",
        "[]",
    );

    assert!(
        preamble
            .iter()
            .any(|line| line == "  export DATADOG_SINK_API_KEY=example-api-key"),
        "{preamble:?}"
    );
    assert!(
        preamble
            .iter()
            .any(|line| *line == format!("  export DATADOG_SINK_URL=http://{address}")),
        "{preamble:?}"
    );
    assert!(status.starts_with("HTTP/1.1 40"), "{status}");
    let row = std::iter::repeat_with(|| mock.line())
        .find(|line| line.contains("POST /api/v2/logs"))
        .expect("shown");
    assert!(row.contains("dd-api-key"), "says why it refused: {row}");
}

#[test]
fn the_stand_in_names_every_way_to_authenticate() {
    let mut mock = Mock::start("mock --provider loki");
    let address = mock.address();
    let preamble: Vec<_> = std::iter::repeat_with(|| mock.line())
        .skip_while(|line| line != "point a sink at it")
        .take_while(|line| !line.is_empty())
        .collect();

    let expected = [
        "point a sink at it",
        &format!("  export LOKI_SINK_URL=http://{address}"),
        "  export LOKI_SINK_BEARER_TOKEN=example-bearer-token",
        "or, instead of LOKI_SINK_BEARER_TOKEN,",
        "  export LOKI_SINK_USERNAME=example-username",
        "  export LOKI_SINK_PASSWORD=example-password",
        "or without credentials",
    ];
    assert_eq!(expected, preamble[..]);
}

#[test]
fn the_stand_in_takes_faults_and_an_address() {
    // The port of the help's example may be taken by a real Loki on this machine.
    let example =
        "mock --provider loki --listen 127.0.0.1:3100 --fault throttle:3 --fault slow:200";
    let mut mock = Mock::start(&example.replace(":3100", ":0"));
    let address = mock.address();

    let status = post(
        &address,
        "/loki/api/v1/push",
        "Content-Type: application/json\r\n",
        "{}",
    );

    assert!(status.starts_with("HTTP/1.1 429"), "{status}");
}

#[test]
fn the_stand_in_streams_ndjson() {
    let mut mock = Mock::start("mock --provider cloudwatch --format ndjson");
    let mut errors = BufReader::new(mock.child.stderr.take().expect("piped"));
    let mut line = String::new();
    errors.read_line(&mut line).expect("readable");
    let address = line
        .trim_end()
        .rsplit("http://")
        .next()
        .expect("address")
        .to_owned();

    post(
        &address,
        "/",
        "X-Amz-Target: Logs_20140328.PutLogEvents\r\n",
        "{}",
    );

    let request: serde_json::Value = serde_json::from_str(&mock.line()).expect("JSON");
    assert_eq!(request["request"]["number"], 1);
}

#[test]
fn a_stand_in_that_others_can_reach_says_so() {
    let mut mock = Mock::start("mock --quiet --provider datadog --listen 0.0.0.0:0");
    let address = mock.address();
    let mut errors = BufReader::new(mock.child.stderr.take().expect("piped"));

    let mut warning = String::new();
    errors.read_line(&mut warning).expect("readable");

    assert!(
        warning.starts_with(&format!(
            "warning: whoever reaches {address} can read what arrives"
        )),
        "{warning}"
    );
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_stand_in_with_a_summary() {
    let mut mock = Mock::start("mock --provider datadog");
    mock.address();

    let status = Command::new("kill")
        .args(["-INT", &mock.child.id().to_string()])
        .status()
        .expect("kill");
    assert!(status.success());
    let code = mock.child.wait().expect("ended").code();
    let mut rest = String::new();
    mock.lines.read_to_string(&mut rest).expect("readable");

    assert_eq!(code, Some(0));
    assert!(rest.contains("0 requests, 0 records stored"), "{rest}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = Command::new(PROGRAM)
        .arg("schema")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());

    let output = child.wait_with_output().expect("ended");

    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn a_reader_that_goes_away_stops_no_generation() {
    let folder = tempfile::tempdir().expect("temp dir");
    let mut child = Command::new(PROGRAM)
        .args(["new-sink", "--provider", "loki"])
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("started");
    drop(child.stdout.take());

    let status = child.wait().expect("ended");

    assert_eq!(status.code(), Some(0));
    assert!(folder.path().join("loki-sink/fapilog-gen.lock").is_file());
}

#[cfg(unix)]
#[test]
fn what_could_not_be_written_is_not_reported_as_created() {
    let folder = tempfile::tempdir().expect("temp dir");
    // No folder can be made below a device, whoever asks.
    let output = run(
        folder.path(),
        "new-sink --provider loki --out /dev/null/sink",
    );

    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2));
    assert!(!said.contains("created"), "{said}");
}

#[test]
fn a_manifest_keeps_its_line_ends() {
    let folder = tempfile::tempdir().expect("temp dir");
    let manifest = folder.path().join("Cargo.toml");
    let before = "[package]\r\nname = \"app\"\r\nedition = \"2021\"\r\n";
    fs::write(&manifest, before).expect("write");

    run(folder.path(), "new-sink --provider loki --out .");

    let after = fs::read_to_string(&manifest).expect("readable");
    assert!(after.starts_with(before), "{after}");
    assert!(after.contains("tokio"), "{after}");
    assert_eq!(after.matches("\r\n").count(), after.matches('\n').count());
}

#[test]
fn modules_that_a_kept_file_does_not_declare_are_named() {
    let folder = tempfile::tempdir().expect("temp dir");
    fs::create_dir_all(folder.path().join("src")).expect("folder");
    fs::write(
        folder.path().join("Cargo.toml"),
        "[package]\nname = \"app\"\nedition = \"2021\"\n",
    )
    .expect("write");
    fs::write(folder.path().join("src/main.rs"), "mod sinks;\n").expect("write");
    run(folder.path(), "new-sink --provider loki --out .");
    fs::write(
        folder.path().join("src/sinks/mod.rs"),
        "pub mod mine;\npub mod settings;\n",
    )
    .expect("write");

    let output = run(folder.path(), "new-sink --provider loki --out .");

    let said = String::from_utf8_lossy(&output.stdout);
    let line = "  src/sinks/mod.rs is yours and lacks `mod cloud_sink_base;`, `mod cloud_sink_parts;`, `mod loki;`\n";
    assert!(said.contains(line), "{said}");
}

#[test]
fn color_is_for_terminals_unless_asked_for() {
    let run = |arguments: &[&str], no_color: bool| {
        let mut command = Command::new(PROGRAM);
        command
            .args(arguments)
            .env_remove("NO_COLOR")
            .env_remove("CLICOLOR_FORCE");
        if no_color {
            command.env("NO_COLOR", "1");
        }
        command.output().expect("ran").stdout.contains(&0x1b)
    };

    assert!(!run(&["list"], false));
    assert!(run(&["list", "--color", "always"], false));
    assert!(run(&["list", "--color", "always"], true));
    assert!(!run(&["list", "--color", "never"], false));
    assert!(run(&["--color=always", "new-sink", "--help"], false));
}

#[test]
fn text_that_would_move_the_cursor_is_shown_and_not_obeyed() {
    let output = Command::new(PROGRAM)
        .args(["show", "a\u{1b}[2Jb"])
        .output()
        .expect("ran");

    assert_eq!(output.status.code(), Some(2));
    assert!(!output.stderr.contains(&0x1b));
}

fn run(folder: &Path, arguments: &str) -> Output {
    Command::new(PROGRAM)
        .args(arguments.split(' '))
        .current_dir(folder)
        .output()
        .expect("ran")
}

#[test]
fn an_edit_is_kept_reported_and_overwritten_only_by_force() {
    let folder = tempfile::tempdir().expect("temp dir");
    let edited = folder.path().join("datadog-sink/src/datadog/encoder.rs");
    run(folder.path(), "new-sink --provider datadog");
    let generated = fs::read_to_string(&edited).expect("generated");
    fs::write(&edited, "// mine\n").expect("write");

    let again = run(folder.path(), "new-sink --provider datadog");
    let kept = fs::read_to_string(&edited).expect("readable");
    let forced = run(folder.path(), "new-sink --provider datadog --force");

    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        said.contains("  kept      src/datadog/encoder.rs\n"),
        "{said}"
    );
    assert!(said.contains("`new-sink --force` overwrites"), "{said}");
    assert_eq!(kept, "// mine\n");
    let said = String::from_utf8_lossy(&forced.stdout);
    assert!(
        said.contains("  updated   src/datadog/encoder.rs\n"),
        "{said}"
    );
    assert_eq!(fs::read_to_string(&edited).expect("readable"), generated);
}

#[test]
fn generating_needs_no_other_program_and_no_environment() {
    let folder = tempfile::tempdir().expect("temp dir");

    let output = Command::new(PROGRAM)
        .args(["new-sink", "--provider", "loki"])
        .current_dir(folder.path())
        .env_clear()
        .output()
        .expect("ran");

    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        folder
            .path()
            .join("loki-sink/src/loki/encoder.rs")
            .is_file()
    );
}

#[test]
fn what_is_checked_in_is_what_would_be_generated() {
    let output = run(&root(), "generate --check");

    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{said}\nrun `cargo run -- generate` and review the diff"
    );
}

/// `providers` and `templates` of this repository, in a folder of its own.
fn copy_of_sources() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temp dir");
    for part in ["providers", "templates"] {
        copy(&root().join(part), &folder.path().join(part));
    }
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("folder") {
        let path = entry.expect("entry").path();
        let target = to.join(path.file_name().expect("name"));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("copied");
        }
    }
}

#[test]
fn generating_twice_changes_nothing_and_the_check_agrees() {
    let folder = copy_of_sources();

    let first = run(folder.path(), "generate");
    let second = run(&folder.path().join("providers"), "generate");
    let check = run(folder.path(), "generate --check");

    assert_eq!(
        first.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&first.stderr)
    );
    let said = String::from_utf8_lossy(&second.stdout);
    assert!(said.ends_with(" 0 changed\n"), "{said}");
    assert_eq!(check.status.code(), Some(0));
}

#[test]
fn the_problems_of_all_providers_are_reported_in_one_run() {
    let folder = copy_of_sources();
    // Two from which no other spec starts.
    for id in ["axiom", "datadog"] {
        let path = folder.path().join(format!("providers/{id}.yaml"));
        let text = fs::read_to_string(&path).expect("readable") + "titel: twice\n";
        fs::write(&path, text).expect("write");
    }

    for arguments in ["generate --check", "--providers providers list"] {
        let output = run(folder.path(), arguments);

        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains("\n2 problems in 2 files\n"), "{said}");
    }
}

#[test]
fn the_check_names_every_file_that_differs_and_writes_nothing() {
    let folder = copy_of_sources();
    run(folder.path(), "generate");
    let edited = folder.path().join("generated/rust/src/lib.rs");
    let text = fs::read_to_string(&edited).expect("generated") + "// edited\n";
    fs::write(&edited, &text).expect("write");
    fs::remove_file(folder.path().join("providers/provider.schema.json")).expect("generated");
    // The guide of a provider that is no longer there.
    let guides = folder.path().join("docs/examples/cloud-sinks");
    fs::copy(guides.join("loki.md"), guides.join("gone.md")).expect("copied");
    fs::write(
        folder.path().join("docs/examples/cloud-sinks/own.md"),
        "# Somebody's page\n",
    )
    .expect("write");

    let check = run(folder.path(), "generate --check");

    let said = String::from_utf8_lossy(&check.stdout).into_owned();
    assert_eq!(check.status.code(), Some(1));
    assert!(
        said.contains("differs   generated/rust/src/lib.rs\n"),
        "{said}"
    );
    assert!(said.contains("  -// edited\n"), "{said}");
    assert!(
        said.contains("missing   providers/provider.schema.json\n"),
        "{said}"
    );
    assert!(
        said.contains("stale     docs/examples/cloud-sinks/gone.md\n"),
        "{said}"
    );
    assert!(!said.contains("own.md"), "{said}");
    assert_eq!(
        String::from_utf8_lossy(&check.stderr),
        "error[stale]: 3 generated files are out of date\nhint: run `cargo run -- generate` and review the diff\n"
    );
    assert_eq!(fs::read_to_string(&edited).expect("readable"), text);
}

#[test]
fn the_published_crate_holds_every_template_and_provider() {
    let cargo = env!("CARGO");
    let output = Command::new(cargo)
        .args([
            "package",
            "--list",
            "--allow-dirty",
            "--offline",
            "-p",
            "fapilog-gen",
        ])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let listed = String::from_utf8_lossy(&output.stdout).replace('\\', "/");
    let listed: std::collections::BTreeSet<&str> = listed.lines().collect();

    let mut missing = Vec::new();
    for part in ["providers", "templates"] {
        missing_files(&root().join(part), &listed, &mut missing);
    }

    assert!(missing.is_empty(), "not in the package: {missing:?}");
}

fn missing_files(
    folder: &Path,
    listed: &std::collections::BTreeSet<&str>,
    missing: &mut Vec<String>,
) {
    for entry in fs::read_dir(folder).expect("folder") {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            missing_files(&path, listed, missing);
            continue;
        }
        let relative = path
            .strip_prefix(root())
            .expect("below the root")
            .to_string_lossy()
            .replace('\\', "/");
        if !listed.contains(relative.as_str()) {
            missing.push(relative);
        }
    }
}
