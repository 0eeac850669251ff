//! Random specs in both languages: what the interpreter says, the generated sinks send and answer, to the
//! byte, and what is generated passes every gate.
//!
//! `RANDOM_SPECS` is how many are drawn (300), `RANDOM_RUST` how many of them are compiled (60),
//! `RANDOM_SEED` the seed, which is printed; `RANDOM_SPECS=5000 cargo test --test random_specs` is the
//! long run.

mod complete;
mod dice;
mod events;
#[path = "../python/mod.rs"]
mod python;
mod spec;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use complete::{Drawn, complete};
use dice::Dice;
use fapilog_gen::assets::Assets;
use fapilog_gen::languages;
use fapilog_gen::project::prepare::{Intent, Order, Ordered, prepare};
use python::Python;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn number(variable: &str, default: u64) -> u64 {
    let given = env::var(variable).ok();
    given.map_or(default, |text| text.parse().expect("a number"))
}

/// The specs of this run, drawn once.
fn drawn() -> &'static [Drawn] {
    static DRAWN: OnceLock<Vec<Drawn>> = OnceLock::new();
    DRAWN.get_or_init(|| {
        let clock = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("after 1970");
        let seed = number("RANDOM_SEED", clock.as_secs());
        let count = number("RANDOM_SPECS", 300);
        eprintln!("RANDOM_SEED={seed} RANDOM_SPECS={count}");
        (0..count)
            .map(|index| {
                let id = format!("r{index:04}");
                let mut dice = Dice::new(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9)));
                let spec = spec::make(&mut dice, &id);
                let text = spec.to_string();
                complete(&id, spec).unwrap_or_else(|problem| {
                    let kept = keep(&id, &text);
                    panic!(
                        "{problem}\nseed {seed}, spec {id}, kept in {}",
                        kept.display()
                    )
                })
            })
            .collect()
    })
}

/// Keeps a spec that failed.
fn keep(id: &str, text: &str) -> PathBuf {
    let path = root()
        .join("target/random-specs/failed")
        .join(format!("{id}.json"));
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(&path, text).expect("a file");
    path
}

/// Writes the sinks of these specs into one project.
fn generate(folder: &Path, language: &str, specs: &[Drawn]) {
    fs::remove_dir_all(folder).ok();
    let language = languages::by_name(language).expect("a language");
    let order = Order {
        root: folder,
        name: Some("random-sinks".to_owned()),
        language,
        sinks: specs
            .iter()
            .map(|drawn| Ordered::of(&drawn.loaded, true))
            .collect(),
        intent: Intent::Replace,
    };
    let prepared = prepare(&Assets::embedded(), &order).unwrap_or_else(|found| panic!("{found:?}"));
    prepared.emission.write().expect("a written project");
    for drawn in specs {
        let path = folder.join("specs").join(format!("{}.json", drawn.id));
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, &drawn.text).expect("a file");
    }
}

#[test]
fn they_are_valid_and_prove_their_own_examples() {
    assert!(!drawn().is_empty());
}

#[test]
fn python_sends_and_reads_what_the_interpreter_says() {
    let folder = root().join("target/random-specs/python");
    generate(&folder, "python", drawn());

    let python = Python::default_one(root());
    let source = folder.to_str().expect("a path in UTF-8");
    let run = |tool, arguments: &[&str]| {
        python.run(tool, arguments, &folder, &[("PYTHONPATH", source)]);
    };
    run(
        "ruff",
        &["format", "--check", "--no-cache", "--exclude", "specs", "."],
    );
    run("ruff", &["check", "--no-cache", "."]);
    let cache = root().join("target/python/mypy-cache");
    run(
        "mypy",
        &["--cache-dir", cache.to_str().expect("a path in UTF-8")],
    );
    // The delivery is the same for all: only what a spec decides is run for each.
    run("pytest", &["-q", "-p", "no:cacheprovider", "-k", "wire"]);
}

#[test]
fn rust_sends_and_reads_what_the_interpreter_says() {
    let most = usize::try_from(number("RANDOM_RUST", 60)).expect("a count");
    let specs = &drawn()[..drawn().len().min(most)];
    let folder = root().join("target/random-specs/rust");
    generate(&folder, "rust", specs);

    let run = |arguments: &[&str]| {
        let status = Command::new(env!("CARGO"))
            .args(arguments)
            .current_dir(&folder)
            .env("CARGO_TARGET_DIR", root().join("target/scratch-build"))
            .env_remove("RUSTFLAGS")
            .status()
            .expect("cargo starts");
        assert!(
            status.success(),
            "cargo {} failed in {}",
            arguments.join(" "),
            folder.display()
        );
    };
    run(&["fmt", "--check"]);
    run(&["clippy", "--all-targets", "--quiet", "--", "-D", "warnings"]);
    run(&["test", "--quiet"]);
}
