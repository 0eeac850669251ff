//! Bad specs and what is said about them.
//!
//! A case under `tests/bad_specs/cases/` is `valid.yaml` with a replacement, and the exact messages:
//!
//! ```text
//! # what is wrong, in words
//! --- replace
//! text of valid.yaml
//! --- with
//! text that takes its place
//! --- messages
//! what is printed
//! ```
//!
//! A case without `--- replace` is a whole file.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fapilog_gen::diagnostics::Code;
use fapilog_gen::sink::{LoadedSink, load_text};

const UPDATE: &str = "UPDATE_BAD_SPECS=1 cargo test --test bad_specs";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_specs")
}

fn valid() -> String {
    fs::read_to_string(folder().join("valid.yaml")).expect("valid.yaml is there")
}

fn messages(origin: &str, text: &[u8]) -> String {
    match load_text(origin, text).and_then(LoadedSink::proved) {
        Ok(_) => String::new(),
        Err(problems) => problems.to_string(),
    }
}

/// The replacements applied, and the case without its messages.
fn bad_spec(case: &str, valid: &str) -> Result<(String, String), String> {
    let head = case.split("--- messages\n").next().unwrap_or_default();
    let mut spec = valid.to_owned();
    let mut replaced = None;
    for section in head.split("--- ").skip(1) {
        match section.split_once('\n') {
            Some(("replace", old)) => replaced = Some(old),
            Some(("with", new)) => match replaced.take() {
                Some(old) if spec.matches(old).count() == 1 => spec = spec.replace(old, new),
                Some(old) => return Err(format!("not once in valid.yaml:\n{old}")),
                None => new.clone_into(&mut spec),
            },
            _ => return Err(format!("unknown section `{section}`")),
        }
    }
    Ok((spec, head.to_owned()))
}

fn check_case(path: &Path, valid: &str) -> Result<(), String> {
    let case = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let (spec, head) = bad_spec(&case, valid)?;
    let found = messages("bad.yaml", spec.as_bytes());
    if found.is_empty() {
        return Err("the spec is accepted".to_owned());
    }
    let expected = format!("{head}--- messages\n{found}");
    if case == expected {
        return Ok(());
    }
    if std::env::var_os("UPDATE_BAD_SPECS").is_some() {
        return fs::write(path, expected).map_err(|error| error.to_string());
    }
    Err(format!("the messages differ; found\n{found}"))
}

/// A word that nothing says any more would stay in the catalogue for ever.
#[test]
fn every_code_is_said_by_some_case() {
    let cases = fs::read_dir(folder().join("cases")).expect("cases");
    let said: String = cases
        .map(|case| fs::read_to_string(case.expect("an entry").path()).expect("readable"))
        .collect();

    // What cannot stand in a case is tested below; what follows is of commands.
    let of_specs = Code::ALL.into_iter().filter(|code| *code < Code::Usage);
    for code in of_specs.filter(|code| *code != Code::File) {
        let word = format!("error[{}]: ", code.word());
        assert!(said.contains(&word), "no case of `{}`", code.word());
    }
}

#[test]
fn the_valid_spec_is_accepted() {
    assert_eq!(messages("valid.yaml", valid().as_bytes()), "");
}

#[test]
fn every_bad_spec_gets_its_messages() {
    let valid = valid();
    let mut cases: Vec<PathBuf> = fs::read_dir(folder().join("cases"))
        .expect("the folder of cases is there")
        .map(|entry| entry.expect("an entry can be read").path())
        .collect();
    cases.sort();
    assert!(cases.len() >= 60, "only {} cases", cases.len());

    let mut failures = String::new();
    for path in &cases {
        if let Err(why) = check_case(path, &valid) {
            let _ = writeln!(failures, "{}: {why}", path.display());
        }
    }

    assert!(
        failures.is_empty(),
        "{failures}\nrun `{UPDATE}` and review the diff"
    );
}

/// Refused within the time, with a place or as a whole file; never with a crash.
fn assert_refused(name: &str, text: &[u8], expected: &str) {
    let start = Instant::now();
    let found = messages("attack.yaml", text);
    let elapsed = start.elapsed();

    assert!(
        found.contains(expected),
        "{name}: expected `{expected}`, found\n{found:.2000}"
    );
    // Not a measurement: it tells an input that hangs from a busy machine.
    assert!(elapsed < Duration::from_secs(30), "{name}: {elapsed:?}");
}

#[test]
fn hostile_input_is_refused_quickly() {
    let bomb =
        "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b]\n";
    assert_refused("alias bomb", bomb.as_bytes(), "anchors are not allowed");

    let too_deep = "more than 32 lists and maps inside one another";
    assert_refused("brackets", "[".repeat(40_000).as_bytes(), too_deep);
    assert_refused("braces", "{a: ".repeat(20_000).as_bytes(), too_deep);
    assert_refused("dashes", "- ".repeat(50_000).as_bytes(), too_deep);
    let mut nested = String::new();
    for depth in 0..700 {
        let _ = writeln!(nested, "{}a:", " ".repeat(depth));
    }
    assert_refused("nested maps", nested.as_bytes(), too_deep);
    assert_refused(
        "question marks",
        "? ".repeat(50_000).as_bytes(),
        "]: attack.yaml:1:",
    );

    let mut keys = String::new();
    for number in 0..500_000 {
        let _ = writeln!(keys, "k{number}: v");
    }
    assert_refused("file size", keys.as_bytes(), "is larger than 1048576 bytes");
    keys.truncate(1024 * 1024 - 20);
    assert_refused(
        "many keys",
        keys.as_bytes(),
        "more than 1000 items in one list or map",
    );
    assert_refused(
        "many items",
        "- a\n".repeat(200_000).as_bytes(),
        "more than 1000 items in one list or map",
    );

    let many = format!("[{}]", "a,".repeat(900));
    let many = format!("[{}]", format!("{many},").repeat(60));
    assert_refused(
        "many values",
        many.as_bytes(),
        "more than 50000 values in one file",
    );

    let long = format!("a: {}\n", "x".repeat(100_000));
    assert_refused(
        "long value",
        long.as_bytes(),
        "a value of 100000 bytes, at most 65536",
    );
    let long = format!("a: \"{}\"\n", "\\u0041".repeat(100_000));
    assert_refused("long escapes", long.as_bytes(), "a value of 100000 bytes");
    let unknown = format!("names: {{ {} }}\n", "{x}: 1, ".repeat(900));
    assert_refused("one long line", unknown.as_bytes(), "]: attack.yaml:1:");
    let same = "a: 1\n".repeat(40_000);
    assert_refused(
        "one key again and again",
        same.as_bytes(),
        "more problems are not shown",
    );
    assert_refused(
        "comments",
        "# x\n".repeat(200_000).as_bytes(),
        "the file is empty",
    );
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    assert_refused(
        "latin-1",
        b"spec_version: 1\ntitle: Z\xfcrich\n",
        "attack.yaml:2:9: not UTF-8: byte 0xfc",
    );
    assert_refused(
        "utf-16",
        b"\xff\xfea\0:\0 \x001\0",
        "attack.yaml:1:1: not UTF-8: byte 0xff",
    );
    assert_refused(
        "nul",
        b"a: b\0c\n",
        "attack.yaml:1:5: character U+0000 is not allowed",
    );
    assert_refused("escape", b"a: \x1b[2J\n", "character U+001B is not allowed");
    assert_refused(
        "carriage return",
        b"a: b\rc: d\n",
        "character U+000D is not allowed",
    );
    assert_refused(
        "reversed",
        "a: x\u{202e}y\n".as_bytes(),
        "character U+202E is not allowed",
    );
    assert_refused(
        "noncharacter",
        "a: x\u{fdd0}y\n".as_bytes(),
        "character U+FDD0 is not allowed",
    );
    assert_refused("empty", b"", "the file is empty");
}

#[test]
fn nothing_printed_controls_the_terminal() {
    let spec = valid().replace("id: acme", "id: \"a\\e]0;owned\\a\\u202e\"");

    let found = messages("evil\u{1b}[2J.yaml", spec.as_bytes());

    assert!(found.contains("evil\\u{1b}[2J.yaml"), "{found}");
    let quiet = found
        .chars()
        .all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}'));
    assert!(quiet, "{found:?}");
}

#[test]
fn line_ends_and_a_byte_order_mark_of_windows_are_accepted() {
    let spec = format!("\u{feff}{}", valid().replace('\n', "\r\n"));

    assert_eq!(messages("valid.yaml", spec.as_bytes()), "");
}

#[test]
fn a_literal_secret_is_never_repeated() {
    let secret = "hunter2-and-more";
    let places = [
        (
            "description: Key of the workspace.",
            "default: SECRET\n    description: Key.",
        ),
        (
            "description: Key of the workspace.",
            "example: SECRET\n    description: Key.",
        ),
        (
            "headers: { X-Acme-Client: fapilog }",
            "headers: { X-Acme-Token: SECRET }",
        ),
        (
            "query: { region: \"{site}\" }",
            "query: { api_key: SECRET, regoin: 1 }",
        ),
        (
            "config: { api_key: example-api-key }",
            "config: { api_key: SECRET, x: 1 }",
        ),
        (
            "headers: { X-Acme-Key: example-api-key }",
            "headers: { X-Acme-Key: SECRET }",
        ),
        (
            "override: url\n",
            "override: url\n  bsae: \"https://me:SECRET@acme.example\"\n",
        ),
        (
            "example: http://127.0.0.1:8080",
            "example: http://me:SECRET@127.0.0.1:8080",
        ),
    ];
    for (old, new) in places {
        let spec = valid().replace(old, &new.replace("SECRET", secret));
        assert_ne!(spec, valid(), "{old}");

        let found = messages("bad.yaml", spec.as_bytes());

        assert!(!found.is_empty(), "{new}");
        assert!(!found.contains(secret), "{new}:\n{found}");
    }
}

#[test]
fn no_damaged_spec_crashes_the_loader() {
    let valid = valid();
    let cuts = valid.char_indices().map(|(at, _)| at).step_by(37);
    for cut in cuts {
        let (head, tail) = valid.split_at(cut);
        let tail = tail.strip_prefix(|_: char| true).unwrap_or_default();

        messages("cut.yaml", head.as_bytes());
        for inserted in ["", "\u{1F600}", "{", "\"", "\n", ": ", "- ", "\u{0}"] {
            messages("damaged.yaml", format!("{head}{inserted}{tail}").as_bytes());
        }
    }
}
