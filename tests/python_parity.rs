//! One spec, one behaviour: for the same entries and settings the Rust and the Python sink of every
//! provider make the same body, byte for byte.

mod python;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use fapilog_gen::assets::Assets;
use fapilog_gen::languages::{self, Place, Standing};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::render;
use fapilog_gen::spec::load_file;
use fapilog_gen::spec::model::Spec;
use python::Python;
use serde_json::{Map, Value, json};

const ENTRIES: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Specs of a folder, sorted by id.
fn specs(folder: &str) -> Vec<Spec> {
    let entries = fs::read_dir(root().join(folder)).expect("a folder");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| {
            load_file(path)
                .unwrap_or_else(|problems| panic!("{problems}"))
                .spec
        })
        .collect()
}

fn own_place(language: &str, name: &str) -> Box<dyn Place> {
    let language = languages::by_name(language).expect("a language");
    language.own_place(name)
}

fn generate(folder: &Path, specs: &[Spec], place: &dyn Place) {
    let specs: Vec<&Spec> = specs.iter().collect();
    let files = render(&Assets::embedded(), &plan(&specs, place));
    let files = files.unwrap_or_else(|error| panic!("{error:?}"));
    // What an earlier version generated must not stay.
    let _ = fs::remove_dir_all(folder.join("src"));
    for file in &files {
        write(&folder.join(&file.path), &file.contents);
    }
}

/// Writes a file only when it differs, so that cargo sees what changed.
fn write(path: &Path, text: &str) {
    if fs::read_to_string(path).is_ok_and(|known| known == text) {
        return;
    }
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, text).expect("a file");
}

/// A program that encodes entries with the generated Rust encoders.
fn rust_program(specs: &[Spec]) -> PathBuf {
    let folder = root().join("target/scratch-parity");
    let place = own_place("rust", "parity");
    generate(&folder, specs, &*place);
    let standing = Standing {
        root: &folder,
        text: None,
        leave_alone: false,
    };
    let manifest = place.manifest(&specs.iter().collect::<Vec<_>>(), &standing);
    let manifest = manifest.expect("a new manifest").text.expect("its text");
    write(&folder.join("Cargo.toml"), &manifest);
    if !folder.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    }
    let mut arms = String::new();
    for spec in specs {
        let (id, prefix) = (&spec.id, spec.type_prefix());
        let make = format!(
            "{prefix}Encoder::new(&{prefix}SinkConfig::try_from(settings).expect(\"settings\"))"
        );
        let _ = writeln!(
            arms,
            "        {id:?} => {{ use parity::{id}::{{{prefix}Encoder, {prefix}SinkConfig}}; encode(&{make}) }}"
        );
    }
    let source = include_str!("python/parity.rs.txt").replace("ARMS", &arms);
    write(&folder.join("examples/parity.rs"), &source);
    let build = root().join("target/scratch-build");
    let status = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "--example", "parity"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", &build)
        .status()
        .expect("cargo runs");
    assert!(status.success(), "the generated encoders do not build");
    build.join("debug/examples/parity")
}

/// A program that encodes entries with the generated Python encoders.
fn python_program(specs: &[Spec]) -> PathBuf {
    let folder = root().join("target/scratch-python/parity");
    generate(&folder, specs, &*own_place("python", "parity_sinks"));
    let program = folder.join("parity.py");
    let mut table = String::new();
    for spec in specs {
        let (id, prefix) = (&spec.id, spec.type_prefix());
        let _ = writeln!(table, "    {id:?}: {prefix:?},");
    }
    write(
        &program,
        &include_str!("python/parity.py.txt").replace("    TABLE\n", &table),
    );
    program
}

/// Runs a program on the entries and returns the body it makes.
fn body(program: &mut Command, provider: &str, settings: &Value, entries: &str) -> Vec<u8> {
    let mut child = program
        .args([provider, &settings.to_string()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program runs");
    child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(entries.as_bytes())
        .expect("the entries");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "the encoder of {provider} failed");
    output.stdout
}

#[test]
fn both_languages_make_the_same_bodies_of_python_and_rust_sinks() {
    let all = [specs("providers"), specs("tests/specs")].concat();
    let mut lines: Vec<String> = entries().iter().map(ToString::to_string).collect();
    lines.push(String::new());
    let entries = lines.join("\n");
    let rust = rust_program(&all);
    let python = python_program(&all);
    let interpreter = Python::default_one(root()).tool("python");

    for spec in &all {
        for vector in &spec.vectors.requests {
            let settings = Value::Object(vector.config.clone().into_iter().collect());
            let from_rust = body(&mut Command::new(&rust), &spec.id, &settings, &entries);
            let from_python = body(
                Command::new(&interpreter).arg(&python),
                &spec.id,
                &settings,
                &entries,
            );
            compare(&spec.id, &from_rust, &from_python);
        }
    }
}

fn compare(provider: &str, rust: &[u8], python: &[u8]) {
    if rust == python {
        return;
    }
    let at = rust
        .iter()
        .zip(python)
        .position(|(a, b)| a != b)
        .unwrap_or(rust.len().min(python.len()));
    let around = |body: &[u8]| {
        let end = (at + 80).min(body.len());
        String::from_utf8_lossy(&body[at.saturating_sub(200).min(end)..end]).into_owned()
    };
    panic!(
        "{provider}: the bodies differ from byte {at}\n  rust:   {}\n  python: {}",
        around(rust),
        around(python)
    );
}

/// A small generator, so that a failure is the same on every machine.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 16) % bound
    }

    fn one<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        let length = u64::try_from(items.len()).expect("a short list");
        &items[usize::try_from(self.below(length)).expect("a short list")]
    }
}

/// Entries with every kind of value JSON has, and names that clash with what providers reserve.
fn entries() -> Vec<Value> {
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    (0..ENTRIES).map(|_| entry(&mut random)).collect()
}

fn entry(random: &mut Random) -> Value {
    let mut entry = Map::new();
    let digits = "123456789";
    let cut = usize::try_from(random.below(10)).expect("a digit");
    let fraction = if cut == 0 {
        String::new()
    } else {
        format!(".{}", &digits[..cut])
    };
    let zone = random.one(&["Z", "+02:00", "-11:30"]);
    let timestamp = format!(
        "2026-01-{:02}T{:02}:04:05{fraction}{zone}",
        1 + random.below(28),
        random.below(24)
    );
    entry.insert("timestamp".to_owned(), timestamp.into());
    let levels = [
        "TRACE", "DEBUG", "info", "Notice", "WARN", "WARNING", "ERROR", "FATAL", "AUDIT",
        "SECURITY", "PAYMENT",
    ];
    entry.insert("level".to_owned(), (*random.one(&levels)).into());
    entry.insert("message".to_owned(), text(random).into());
    if random.below(4) > 0 {
        entry.insert("logger".to_owned(), text(random).into());
    }
    let context = [
        "message_id",
        "correlation_id",
        "request_id",
        "user_id",
        "tenant_id",
        "trace_id",
        "span_id",
        "größe",
        "level",
    ];
    entry.insert("context".to_owned(), object(random, &context));
    let mut diagnostics = object(
        random,
        &["service", "env", "host", "pid", "python", "origin"],
    );
    if random.below(3) == 0 {
        diagnostics["exception"] = object(
            random,
            &["error.type", "error.message", "error.stack", "error.frames"],
        );
    }
    entry.insert("diagnostics".to_owned(), diagnostics);
    let data = [
        "order_id",
        "message",
        "data.message",
        "data.data.message",
        "status",
        "level",
        "timestamp",
        "host",
        "service",
        "context",
        "ctx_level",
        "data",
        "shard",
        "error",
        "@timestamp",
        "a b",
        "",
        "\"quoted\"",
        "tab\there",
        "größe",
    ];
    entry.insert("data".to_owned(), object(random, &data));
    Value::Object(entry)
}

fn object(random: &mut Random, keys: &[&str]) -> Value {
    let mut map = Map::new();
    for _ in 0..random.below(7) {
        map.insert((*random.one(keys)).to_owned(), value(random, 0));
    }
    Value::Object(map)
}

fn value(random: &mut Random, depth: u32) -> Value {
    match random.below(if depth < 4 { 12 } else { 9 }) {
        0 => Value::Null,
        1 => Value::Bool(random.below(2) == 0),
        2 => json!(random.next()),
        3 => json!(i64::from_ne_bytes(random.next().to_ne_bytes())),
        4 => json!(random.below(1000)),
        5 => finite(random),
        6..=8 => text(random).into(),
        9 => (0..random.below(4))
            .map(|_| value(random, depth + 1))
            .collect(),
        _ => {
            let mut map = Map::new();
            for _ in 0..random.below(4) {
                map.insert(text(random), value(random, depth + 1));
            }
            Value::Object(map)
        }
    }
}

/// Numbers of up to 12 digits, near one and far from it. Longer ones are another matter:
/// `serde_json` without its feature `float_roundtrip` reads their last digit wrong now and then, so
/// that they differ before a sink sees them.
fn finite(random: &mut Random) -> Value {
    let digits = random.below(1_000_000_000_000);
    let exponent = i64::try_from(random.below(24)).expect("a small number") - 12;
    let number: f64 = format!("{digits}e{exponent}").parse().expect("a number");
    json!(if random.below(2) == 0 {
        number
    } else {
        -number
    })
}

fn text(random: &mut Random) -> String {
    let pieces = [
        "order", "größe", "💳", "\"", "\\", "/", "\n", "\t", "\u{1}", "\u{1f}", "\u{7f}",
        "\u{2028}", "\u{feff}", "<&>", " ", "e\u{301}", "日本", "\r", "\u{8}", "\u{c}", "x:y,z",
    ];
    (0..random.below(6)).map(|_| *random.one(&pieces)).collect()
}
