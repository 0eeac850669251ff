//! The verbatim Python runtime and parts where they lie: formatted, linted, type-checked, and tested
//! on every supported Python that is installed here.

mod python;

use std::path::{Path, PathBuf};
use std::thread;

use python::Python;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("tests/python_runtime")
}

#[test]
fn the_python_runtime_lints_and_type_checks() {
    let (python, folder) = (Python::default_one(root()), folder());
    let sources = [".", "../../templates/python"];
    let run = |tool, arguments: &[&str]| python.run(tool, arguments, &folder, &[]);

    run(
        "ruff",
        &[&["format", "--check", "--no-cache"], &sources[..]].concat(),
    );
    run("ruff", &[&["check", "--no-cache"], &sources[..]].concat());
    run("mypy", &["--cache-dir", "../../target/python/mypy-cache"]);
}

#[test]
fn the_python_runtime_passes_its_tests_on_every_python() {
    let pythons = Python::all(root());
    // Much of it waits, for answers and for programs that end: beside each other they take little
    // longer than one alone.
    thread::scope(|scope| {
        for python in &pythons {
            scope.spawn(move || python.run("pytest", &[], &folder(), &[]));
        }
    });
}
