//! Building the generated example with cargo.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use crate::languages::{Bench, Program};
use crate::problem::Problem;
use crate::sink::Sink;

/// Builds the crate's example. All builds share one folder, so that what they have in common is
/// compiled once.
pub fn build(sink: &Sink, bench: &mut Bench) -> Result<Program, Problem> {
    reuse_versions(bench.root);
    let target = bench.workshop.join("build");
    let (name, shown) = (format!("{}_ndjson", sink.id), bench.shown.display());
    (bench.say)(&format!(
        "building {shown} (the first build compiles its dependencies)"
    ));
    let mut cargo = Command::new(cargo());
    cargo
        .arg("build")
        .args(["--example", &name])
        .arg("--manifest-path")
        .arg(bench.root.join(super::manifest::FILE_NAME));
    // What a surrounding cargo run was told is about another package.
    cargo
        .env("CARGO_TARGET_DIR", &target)
        .env_remove("CARGO_BUILD_TARGET");
    cargo.stdin(Stdio::null()).stdout(Stdio::null());
    // Cargo shows its own progress to a person; otherwise its words matter only if it fails.
    cargo.stderr(if bench.is_watched {
        Stdio::inherit()
    } else {
        Stdio::piped()
    });
    let output = cargo.output().map_err(|error| cannot_start(&error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let said = if words.is_empty() {
            "its messages stand above".into()
        } else {
            words.trim_end().to_owned()
        };
        return Err(Problem::new(format!("cargo could not build `{shown}`"))
            .because(io::Error::other(said))
            .hint(
                "a file of it that was edited is kept: remove the folder to start from a fresh one",
            ));
    }
    let example = target.join("debug").join("examples").join(name);
    Ok(Program {
        path: example.with_extension(env::consts::EXE_EXTENSION),
        arguments: Vec::new(),
        variables: Vec::new(),
    })
}

/// The cargo that runs us, if one does.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cannot_start(error: &io::Error) -> Problem {
    let problem =
        Problem::new("cannot start cargo").because(io::Error::new(error.kind(), error.to_string()));
    problem.hint("`try` builds the sink it generates: install Rust from https://rustup.rs, then run it again")
}

/// A lock beside us names versions that are downloaded already. Only a help: without it, or when
/// it cannot be copied, cargo picks current versions.
fn reuse_versions(root: &Path) {
    let ours = root.join("Cargo.lock");
    if !ours.exists() {
        let _ = fs::copy("Cargo.lock", ours);
    }
}
