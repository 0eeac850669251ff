//! Building the generated example with cargo.

use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs, io};

use super::exchange::Program;
use crate::commands::{Console, Failure, Result};

/// Builds the crate's example and returns the program. All tries share one build folder, so that
/// what they have in common is compiled once.
pub fn example(
    console: &mut Console,
    root: &Path,
    shown: &Path,
    target: &Path,
    id: &str,
) -> Result<Program> {
    reuse_versions(root);
    let name = format!("{id}_ndjson");
    console.progress(format_args!(
        "building {} (the first build compiles its dependencies)",
        shown.display()
    ))?;
    let watched = console.is_watched();
    let mut cargo = Command::new(cargo());
    cargo
        .arg("build")
        .args(["--example", &name])
        .arg("--manifest-path")
        .arg(root.join("Cargo.toml"));
    // What a surrounding cargo run was told is about another package.
    cargo
        .env("CARGO_TARGET_DIR", target)
        .env_remove("CARGO_BUILD_TARGET");
    cargo.stdin(Stdio::null()).stdout(Stdio::null());
    // Cargo shows its own progress to a person; otherwise its words matter only if it fails.
    cargo.stderr(if watched {
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
        return Err(Failure::new(format!("cargo could not build `{}`", shown.display()))
            .because(io::Error::other(said))
            .hint("a file of it that was edited is kept: remove the folder to start from a fresh one"));
    }
    let example = target.join("debug").join("examples").join(name);
    Ok(Program {
        path: example.with_extension(env::consts::EXE_EXTENSION),
        script: None,
    })
}

/// The cargo that runs us, if one does.
fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cannot_start(error: &io::Error) -> Failure {
    let failure =
        Failure::new("cannot start cargo").because(io::Error::new(error.kind(), error.to_string()));
    failure.hint("`try` builds the sink it generates: install Rust from https://rustup.rs, then run it again")
}

/// A lock beside us names versions that are downloaded already. Only a help: without it, or when
/// it cannot be copied, cargo picks current versions.
fn reuse_versions(root: &Path) {
    let ours = root.join("Cargo.lock");
    if !ours.exists() {
        let _ = fs::copy("Cargo.lock", ours);
    }
}
