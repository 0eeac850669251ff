//! Random specs in both languages: what the interpreter says, the generated sinks send and answer, to the
//! byte, and what is generated passes every gate.
//!
//! `RANDOM_SPECS` is how many are drawn (60), `RANDOM_RUST` how many of them are compiled (12),
//! `RANDOM_SEED` the seed, which is printed. `RANDOM_SPECS=5000 cargo test --features whole --test random_specs` is the long
//! run. A spec that fails is made smaller and kept in `target/random-specs/failed`.

mod complete;
mod dice;
mod events;
#[path = "../python_parity/entries.rs"]
#[allow(
    dead_code,
    reason = "the entries that no spec can show are for another test"
)]
mod odd;
#[path = "../python/mod.rs"]
mod python;
mod shrink;
mod spec;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use complete::{Drawn, complete};
use dice::Dice;
use fapilog_gen::assets::Assets;
use fapilog_gen::languages;
use fapilog_gen::project::prepare::{Intent, Order, Ordered, prepare};
use python::Python;
use shrink::shrink;

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
        let count = number("RANDOM_SPECS", 60);
        eprintln!("RANDOM_SEED={seed} RANDOM_SPECS={count}");
        (0..count)
            .map(|index| {
                let id = format!("r{index:04}");
                let mut dice = Dice::new(seed.wrapping_add(index.wrapping_mul(0x9e37_79b9)));
                let spec = spec::make(&mut dice, &id);
                let text = format!("{spec:#}");
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
fn generate(folder: &Path, language: &str, specs: &[&Drawn]) {
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
}

/// Runs a program; what it said when it failed.
fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout, output.stderr].concat();
    Err(String::from_utf8_lossy(&said).into_owned())
}

/// What a project's owner would run, and the tests of the wire: the delivery is the same for all. The
/// programs run beside each other, and of the tests only the files are collected that are run.
fn check_python(folder: &Path, specs: &[&Drawn]) -> Result<(), String> {
    generate(folder, "python", specs);
    let python = Python::default_one(root());
    let cache = root().join("target/python/mypy-cache");
    let cache = cache.to_str().expect("a path in UTF-8");
    let wire: Vec<String> = specs
        .iter()
        .map(|drawn| format!("tests/test_{}_wire.py", drawn.id))
        .collect();
    let (first, second) = wire.split_at(wire.len() / 2);
    let mut steps: Vec<(&str, Vec<&str>)> = vec![
        ("ruff", vec!["format", "--check", "--no-cache", "."]),
        ("ruff", vec!["check", "--no-cache", "."]),
        ("mypy", vec!["--cache-dir", cache]),
    ];
    for files in [first, second]
        .into_iter()
        .filter(|files| !files.is_empty())
    {
        let mut arguments = vec!["-q", "-x", "-p", "no:cacheprovider"];
        arguments.extend(files.iter().map(String::as_str));
        steps.push(("pytest", arguments));
    }
    thread::scope(|scope| {
        let running: Vec<_> = steps
            .iter()
            .map(|(tool, arguments)| scope.spawn(|| run_tool(&python, folder, tool, arguments)))
            .collect();
        running
            .into_iter()
            .try_for_each(|step| step.join().expect("a step that does not panic"))
    })
}

fn run_tool(python: &Python, folder: &Path, tool: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new(python.tool(tool));
    command
        .args(arguments)
        .current_dir(folder)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONPATH", folder);
    let started = Instant::now();
    run(&mut command).map_err(|said| format!("{tool} {}: {said}", arguments[0]))?;
    eprintln!("{tool} {}: {:.1?}", arguments[0], started.elapsed());
    Ok(())
}

fn check_rust(folder: &Path, specs: &[&Drawn]) -> Result<(), String> {
    let steps: [&[&str]; 2] = [
        &["clippy", "--all-targets", "--quiet", "--", "-D", "warnings"],
        &["test", "--quiet"],
    ];
    run_cargo(folder, specs, &steps)
}

fn check_format(folder: &Path, specs: &[&Drawn]) -> Result<(), String> {
    run_cargo(folder, specs, &[&["fmt", "--check"]])
}

fn run_cargo(folder: &Path, specs: &[&Drawn], steps: &[&[&str]]) -> Result<(), String> {
    generate(folder, "rust", specs);
    for arguments in steps {
        let mut command = Command::new(env!("CARGO"));
        command
            .args(*arguments)
            .current_dir(folder)
            .env("CARGO_TARGET_DIR", root().join("target/scratch-build"))
            .env_remove("RUSTFLAGS");
        run(&mut command).map_err(|said| format!("cargo {}: {said}", arguments.join(" ")))?;
    }
    Ok(())
}

/// Specs that a failure names and that are tried alone.
const MOST_BLAMED: usize = 4;

/// Checks all at once; where that fails, finds a spec that is to blame, and a small one like it.
fn check_all(
    name: &str,
    specs: &[Drawn],
    tries: usize,
    check: fn(&Path, &[&Drawn]) -> Result<(), String>,
) {
    let folder = root().join("target/random-specs").join(name);
    let all: Vec<&Drawn> = specs.iter().collect();
    let Err(said) = check(&folder, &all) else {
        return;
    };
    // What libtest says of each failure comes after a line for each test.
    let told = said.find("\nfailures:").map_or(&*said, |at| &said[at..]);
    let start: String = told.chars().take(6_000).collect();
    // The tests that failed are named by the last list; what a compiler or a linter says has no such list.
    let failed = told.rfind("\nfailures:\n    ").map_or(told, |at| {
        let list = &told[at..];
        &list[..list.find("\n\ntest result").unwrap_or(list.len())]
    });
    let named = specs
        .iter()
        .filter(|drawn| failed.contains(drawn.id.as_str()));
    let alone = folder.with_extension("alone");
    let blamed = named
        .take(MOST_BLAMED)
        .find(|drawn| check(&alone, &[drawn]).is_err());
    let Some(blamed) = blamed else {
        panic!("{start}\nnone of the specs fails alone");
    };
    let spec = serde_json::from_str(&blamed.text).expect("JSON");
    let fails = |drawn: &Drawn| check(&alone, &[drawn]).is_err();
    let small = shrink(&blamed.id, &spec, tries, &fails);
    let kept = keep(&blamed.id, &format!("{small:#}"));
    panic!(
        "{start}\nspec {}, made smaller in {}",
        blamed.id,
        kept.display()
    );
}

#[test]
fn they_are_valid_and_prove_their_own_examples() {
    assert!(!drawn().is_empty());
}

#[test]
fn python_sends_and_reads_what_the_interpreter_says() {
    check_all("python", drawn(), 60, check_python);
}

#[test]
fn rust_is_formatted() {
    check_all("format", drawn(), 60, check_format);
}

#[test]
fn rust_sends_and_reads_what_the_interpreter_says() {
    let most = usize::try_from(number("RANDOM_RUST", 12)).expect("a count");
    let specs = &drawn()[..drawn().len().min(most)];
    check_all("rust", specs, 15, check_rust);
}
