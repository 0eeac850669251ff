//! Building the generated example with cargo.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use serde_json::Value;

use crate::diagnostics::Code;
use crate::languages::{Bench, Program};
use crate::problem::Problem;
use crate::sink::Sink;

/// Builds the crate's example. All builds share one folder and the versions of one lock, so that what
/// they have in common is compiled once.
pub fn build(sink: &Sink, bench: &mut Bench) -> Result<Program, Problem> {
    let lock = bench.workshop.join("Cargo.lock");
    reuse_versions(bench.root, &lock);
    let (name, shown) = (format!("{}_ndjson", sink.id), bench.shown.display());
    (bench.say)(&format!(
        "building {shown} (the first build compiles its dependencies)"
    ));
    let output = cargo(bench, &name)
        .output()
        .map_err(|error| cannot_start(&error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let said = if words.is_empty() {
            "its messages stand above".into()
        } else {
            words.trim_end().to_owned()
        };
        return Err(Problem::new(Code::Program, format!("cargo could not build `{shown}`"))
            .because(io::Error::other(said))
            .hint(
                "a file of it that was edited is kept: remove the folder to start from a fresh one",
            ));
    }
    remember_versions(bench.root, &lock);
    let path = executable(&output.stdout, &name).ok_or_else(|| {
        Problem::new(
            Code::Program,
            format!("cargo built `{shown}` and named no program `{name}`"),
        )
    })?;
    Ok(Program {
        path,
        arguments: Vec::new(),
        variables: Vec::new(),
    })
}

fn cargo(bench: &Bench, example: &str) -> Command {
    let mut cargo = Command::new(program());
    cargo
        .arg("build")
        .args(["--example", example])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(bench.root.join(super::manifest::FILE_NAME));
    // What a surrounding cargo run was told is about another package.
    cargo.env_remove("CARGO_BUILD_TARGET");
    if env::var_os("CARGO_TARGET_DIR").is_none_or(|folder| folder.is_empty()) {
        cargo.env("CARGO_TARGET_DIR", bench.workshop.join("rust"));
    }
    // Nobody steps through it: a third of the space, and half the time to link.
    if env::var_os("CARGO_PROFILE_DEV_DEBUG").is_none() {
        cargo.env("CARGO_PROFILE_DEV_DEBUG", "0");
    }
    cargo.stdin(Stdio::null()).stdout(Stdio::piped());
    // Where nobody wants to see its progress, its words matter only if it fails.
    cargo.stderr(if bench.is_shown {
        Stdio::inherit()
    } else {
        Stdio::piped()
    });
    cargo
}

/// The program among the messages of a build: only cargo knows where all its settings put it.
fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    let messages = messages.split(|byte| *byte == b'\n').rev();
    messages
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .find(|message| message["target"]["name"] == name && message["executable"].is_string())
        .and_then(|message| Some(message["executable"].as_str()?.into()))
}

/// The cargo that runs us, if one does.
fn program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cannot_start(error: &io::Error) -> Problem {
    let problem = Problem::new(Code::Program, "cannot start cargo")
        .because(io::Error::new(error.kind(), error.to_string()));
    problem.hint("`try` builds the sink it generates: install Rust from https://rustup.rs, then run it again")
}

/// Takes the versions that earlier builds had, or a lock beside us: they are downloaded and perhaps
/// compiled already. Only a help: without it, or when it cannot be copied, cargo picks current ones.
fn reuse_versions(root: &Path, lock: &Path) {
    let ours = root.join("Cargo.lock");
    if !ours.exists() {
        let _ = fs::copy(lock, &ours).or_else(|_| fs::copy("Cargo.lock", &ours));
    }
}

/// Keeps a build's versions for the next one, of whatever provider. A help as well.
fn remember_versions(root: &Path, lock: &Path) {
    let _ = fs::copy(root.join("Cargo.lock"), lock);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_is_where_cargo_says() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","target":{"name":"other"},"executable":"/t/other"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"a_ndjson"},"executable":"/t/a b/a_ndjson"}"#,
            "\n",
            r#"{"reason":"compiler-artifact","target":{"name":"a_ndjson"},"executable":null}"#,
            "\nnot JSON\n",
        );

        let found = executable(messages.as_bytes(), "a_ndjson");

        assert_eq!(Some(PathBuf::from("/t/a b/a_ndjson")), found);
        assert_eq!(None, executable(messages.as_bytes(), "b_ndjson"));
    }
}
