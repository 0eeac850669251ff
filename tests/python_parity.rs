//! One spec, one behaviour: for the same entries and settings the Rust and the Python sink of every
//! provider make the same body, byte for byte, however odd the entries are, and read every answer as
//! the interpreter does.

#[path = "python_parity/entries.rs"]
mod entries;
mod python;
#[path = "python_parity/verdicts.rs"]
mod verdicts;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use entries::Random;
use fapilog_gen::assets::Assets;
use fapilog_gen::languages::{self, Place, Standing};
use fapilog_gen::project::plan::plan;
use fapilog_gen::project::render::render;
use fapilog_gen::sink::{Form, Sink, load_file};
use python::Python;
use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Sinks of a folder, sorted by id.
fn sinks(folder: &str) -> Vec<Sink> {
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
                .sink
        })
        .collect()
}

fn own_place(language: &str, name: &str) -> Box<dyn Place> {
    let language = languages::by_name(language).expect("a language");
    language.own_place(name)
}

fn generate(folder: &Path, sinks: &[Sink], place: &dyn Place) {
    let sinks: Vec<&Sink> = sinks.iter().collect();
    let files = render(&Assets::embedded(), &plan(&sinks, place));
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
fn rust_program(sinks: &[Sink]) -> PathBuf {
    let folder = root().join("target/scratch-parity");
    let place = own_place("rust", "parity");
    generate(&folder, sinks, &*place);
    let standing = Standing {
        root: &folder,
        text: None,
        leave_alone: false,
    };
    let manifest = place.manifest(&sinks.iter().collect::<Vec<_>>(), &standing);
    let manifest = manifest.expect("a new manifest").text.expect("its text");
    write(&folder.join("Cargo.toml"), &manifest);
    if !folder.join("Cargo.lock").exists() {
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).expect("a lock file");
    }
    let mut arms = String::new();
    for sink in sinks {
        let (id, prefix) = (&sink.id, &sink.type_prefix);
        let uses = if sink.is_http() { "transport, " } else { "" };
        let classify = if sink.is_http() {
            "transport(&config, encoder.into()).expect(\"a transport\")"
        } else {
            "()"
        };
        let judge = if sink.is_http() {
            "|response, events| transport.classify(response, events)"
        } else {
            "from_sdk"
        };
        let _ = writeln!(
            arms,
            "        {id:?} => {{
            use parity::{id}::{{{uses}{prefix}Encoder, {prefix}SinkConfig}};
            let config = {prefix}SinkConfig::try_from(settings).expect(\"settings\");
            let encoder = {prefix}Encoder::new(&config);
            match answers {{
                Some(path) => {{ let transport = {classify}; judge(path, {judge}); drop(transport) }}
                None => encode(&encoder),
            }}
        }}"
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
fn python_program(sinks: &[Sink]) -> PathBuf {
    let folder = root().join("target/scratch-python/parity");
    generate(&folder, sinks, &*own_place("python", "parity_sinks"));
    let program = folder.join("parity.py");
    let mut table = String::new();
    for sink in sinks {
        let (id, prefix) = (&sink.id, &sink.type_prefix);
        let _ = writeln!(table, "    {id:?}: {prefix:?},");
    }
    write(
        &program,
        &include_str!("python/parity.py.txt").replace("    TABLE\n", &table),
    );
    program
}

/// Runs a program on the entries and returns the body it makes.
fn body(program: &mut Command, provider: &str, settings: &Value, entries: &[Vec<u8>]) -> Vec<u8> {
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
        .write_all(
            &entries
                .iter()
                .flat_map(|entry| [entry, &b"\x1e"[..]].concat())
                .collect::<Vec<_>>(),
        )
        .expect("the entries");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "the encoder of {provider} failed");
    output.stdout
}

#[test]
fn both_languages_make_the_same_bodies_of_python_and_rust_sinks() {
    let all = [sinks("providers"), sinks("tests/specs")].concat();
    let rust = rust_program(&all);
    let python = python_program(&all);
    let interpreter = Python::default_one(root()).tool("python");

    let combinations: usize = all
        .iter()
        .map(|sink| verdicts::compare(sink, &rust, &interpreter, &python))
        .sum();
    assert!(combinations >= 6_561, "no provider answers item by item");
    let mut random = Random::new();
    for sink in &all {
        for (number, vector) in sink.vectors.requests.iter().enumerate() {
            let mut entries = entries::plain(&mut random, 300);
            entries.extend(entries::odd(&mut random, 200));
            if number == 0 {
                entries.extend(entries::named());
            }
            let settings = Value::Object(vector.config.clone().into_iter().collect());
            let from_rust = body(&mut Command::new(&rust), &sink.id, &settings, &entries);
            let from_python = body(
                Command::new(&interpreter).arg(&python),
                &sink.id,
                &settings,
                &entries,
            );
            let timeless = if matches!(sink.payload.form, Form::OtlpProtobuf { .. }) {
                timeless_protobuf
            } else {
                timeless
            };
            compare(&sink.id, &timeless(&from_rust), &timeless(&from_python));
        }
    }
}

/// A body without the moments at which its records were made, which the two programs do not share. Of
/// these sinks only OTLP's sends them; `random_specs` compares such moments under a clock that stands.
fn timeless(body: &[u8]) -> Vec<u8> {
    const NAME: &[u8] = b"\"observedTimeUnixNano\":\"";
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some(at) = rest.windows(NAME.len()).position(|found| found == NAME) {
        let (before, moment) = rest.split_at(at + NAME.len());
        out.extend_from_slice(before);
        let digits = moment.iter().take_while(|byte| byte.is_ascii_digit());
        let digits = digits.count();
        assert_eq!(digits, 19, "nanoseconds of this century");
        rest = &moment[digits..];
    }
    out.extend_from_slice(rest);
    out
}

/// The same of OTLP in protobuf, where a moment is `observed_time_unix_nano`, field 11 of a record.
fn timeless_protobuf(body: &[u8]) -> Vec<u8> {
    const RECORDS: [u64; 3] = [1, 2, 2];
    let mut body = body.to_vec();
    blank_moments(&mut body, &RECORDS);
    body
}

/// Blanks the moments of the records that these fields lead to.
fn blank_moments(message: &mut [u8], way: &[u64]) {
    let mut at = 0;
    while at < message.len() {
        let (tag, length) = varint(&message[at..]);
        at += length;
        let (field, kind) = (tag >> 3, tag & 7);
        let size = match kind {
            0 => varint(&message[at..]).1,
            1 => 8,
            2 => {
                let (size, length) = varint(&message[at..]);
                at += length;
                usize::try_from(size).expect("a length")
            }
            5 => 4,
            _ => panic!("no field is of kind {kind}"),
        };
        let value = &mut message[at..at + size];
        match way {
            [] if field == 11 => value.fill(0),
            [next, rest @ ..] if *next == field => blank_moments(value, rest),
            _ => {}
        }
        at += size;
    }
}

/// A number and the bytes it takes.
fn varint(bytes: &[u8]) -> (u64, usize) {
    let end = bytes.iter().position(|byte| byte & 0x80 == 0);
    let length = end.expect("an end") + 1;
    let groups = bytes[..length].iter().rev();
    let value = groups.fold(0, |value, byte| value << 7 | u64::from(byte & 0x7f));
    (value, length)
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
