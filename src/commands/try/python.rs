//! What the generated Python example runs in: a virtual environment with fapilog in it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::exchange::{Program, Script};
use crate::commands::{Console, Failure, Result};
use crate::languages::python::{Place, project};
use crate::spec::model::Spec;

const HINT: &str = "`try --lang python` runs the sink under fapilog: install Python 3.10 or newer with its \
                    `venv` module, then run it again";

/// Prepares the environment and returns the example. All tries share one environment.
pub fn example(
    console: &mut Console,
    root: &Path,
    workshop: &Path,
    spec: &Spec,
) -> Result<Program> {
    let folder = workshop.join("python");
    let interpreter = interpreter(&folder);
    let requirements = requirements(spec);
    let installed = folder.join(format!("{}.txt", spec.id));
    if fs::read_to_string(&installed).ok() != Some(requirements.join("\n")) {
        console.progress(format_args!(
            "installing {} (the first time takes a while)",
            requirements.join(", ")
        ))?;
        if !interpreter.exists() {
            let mut command = Command::new(if cfg!(windows) { "python" } else { "python3" });
            run(
                command.args(["-m", "venv"]).arg(&folder),
                "make a virtual environment",
            )?;
        }
        let mut command = Command::new(&interpreter);
        command.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]);
        run(command.args(&requirements), "install fapilog")?;
        fs::write(&installed, requirements.join("\n")).map_err(|error| {
            Failure::new(format!("cannot write `{}`", installed.display())).because(error)
        })?;
    }
    let path = root.join("examples").join(format!("{}_ndjson.py", spec.id));
    let project = root.to_path_buf();
    Ok(Program {
        path: interpreter,
        script: Some(Script { path, project }),
    })
}

fn interpreter(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    }
}

fn requirements(spec: &Spec) -> Vec<String> {
    let project = project::of(&[spec], &Place::package("sinks"));
    let extras = project.extras.into_iter().flat_map(|(_, extra)| extra);
    project.requirements.into_iter().chain(extras).collect()
}

fn run(command: &mut Command, what: &str) -> Result<()> {
    let failed = |cause| {
        Failure::new(format!("cannot {what}"))
            .because(cause)
            .hint(HINT)
    };
    let output = command.output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(failed(io::Error::other(said.trim().to_owned())))
}
