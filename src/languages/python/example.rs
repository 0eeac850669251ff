//! What the generated Python example runs in: a virtual environment with fapilog in it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use super::{Place, project};
use crate::diagnostics::Code;
use crate::languages::{Bench, Program};
use crate::problem::Problem;
use crate::sink::Sink;

const HINT: &str = "`try --lang python` runs the sink under fapilog: install Python 3.10 or newer with its \
                    `venv` module, then run it again";

/// Prepares the environment. All examples share one.
pub fn build(sink: &Sink, bench: &mut Bench) -> Result<Program, Problem> {
    let folder = bench.workshop.join("python");
    let interpreter = interpreter(&folder);
    let requirements = requirements(sink);
    let installed = folder.join(format!("{}.txt", sink.id));
    if fs::read_to_string(&installed).ok() != Some(requirements.join("\n")) {
        (bench.say)(&format!(
            "installing {} (the first time takes a while)",
            requirements.join(", ")
        ));
        install(&folder, &interpreter, &requirements, bench.is_shown)?;
        fs::write(&installed, requirements.join("\n")).map_err(|error| {
            Problem::new(
                Code::System,
                format!("cannot write `{}`", installed.display()),
            )
            .because(error)
        })?;
    }
    let examples = bench.root.join("examples");
    let script = examples.join(format!("{}_ndjson.py", sink.id));
    Ok(Program {
        path: interpreter,
        arguments: vec![script.into()],
        variables: vec![
            ("PYTHONPATH", bench.root.into()),
            ("PYTHONDONTWRITEBYTECODE", "1".into()),
        ],
    })
}

fn install(
    folder: &Path,
    interpreter: &Path,
    requirements: &[String],
    is_shown: bool,
) -> Result<(), Problem> {
    if !interpreter.exists() {
        let mut command = Command::new(python());
        run(
            command.args(["-m", "venv"]).arg(folder),
            "make a virtual environment",
        )?;
    }
    let mut command = Command::new(interpreter);
    command.args(["-m", "pip", "install", "--disable-pip-version-check"]);
    if is_shown {
        // Its progress is on standard output, which is for our result.
        command.stdout(io::stderr());
    }
    run(command.args(requirements), "install fapilog")
}

/// The Python that the program was installed with, or the first on the path.
fn python() -> PathBuf {
    let name = if cfg!(windows) {
        "python.exe"
    } else {
        "python3"
    };
    let program = env::current_exe().and_then(fs::canonicalize).ok();
    let beside = program.and_then(|program| Some(program.parent()?.join(name)));
    beside
        .filter(|python| python.is_file())
        .unwrap_or_else(|| name.into())
}

fn interpreter(folder: &Path) -> PathBuf {
    if cfg!(windows) {
        folder.join("Scripts").join("python.exe")
    } else {
        folder.join("bin").join("python")
    }
}

fn requirements(sink: &Sink) -> Vec<String> {
    let project = project::of(&[sink], &Place::package("sinks"));
    let extras = project.extras.into_iter().flat_map(|(_, extra)| extra);
    project.requirements.into_iter().chain(extras).collect()
}

fn run(command: &mut Command, what: &str) -> Result<(), Problem> {
    let failed = |cause| {
        Problem::new(Code::Program, format!("cannot {what}"))
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
