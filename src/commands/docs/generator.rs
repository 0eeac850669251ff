//! Zensical, which makes HTML of the pages: where it is, how it gets there, how it is run.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Context, Failure, Repository, Result};
use crate::diagnostics::Code;

const WHAT_IT_NEEDS: &str = "the site is made by Zensical, a Python program: install Python 3.11 or newer with its `venv` \
     module (Debian: `apt install python3-venv`), or name a Zensical that is there with `--zensical PATH`";
const FROM_THE_REGISTRY: &str = "Zensical is installed once, with pip and its registry; where there is no network, install it \
     elsewhere (`pip install -r docs/site/requirements.txt`) and name it with `--zensical PATH`. `generate` and \
     `docs check` need neither";
/// A download over a slow line.
const INSTALL_LIMIT: Duration = Duration::from_secs(600);
const BUILD_LIMIT: Duration = Duration::from_secs(120);
/// Lines of what it said that are shown when it fails.
const SHOWN_LINES: usize = 20;

/// What `build` and `serve` are told about it.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// The `zensical` program to use, instead of the one installed into `target/docs`.
    #[arg(long, value_name = "PATH")]
    zensical: Option<PathBuf>,
}

/// The program.
#[derive(Debug)]
pub struct Generator {
    path: PathBuf,
}

impl Generator {
    /// The one that was named, else the one in the workshop, which gets it when it has none.
    pub fn find(context: &mut Context, repository: &Repository, options: &Options) -> Result<Self> {
        if let Some(path) = &options.zensical {
            let path = path.canonicalize().map_err(|error| {
                Failure::new(
                    Code::System,
                    format!("`--zensical {}` is not there", path.display()),
                )
                .because(error)
            })?;
            return Ok(Self { path });
        }
        let folder = repository.workshop().join("python");
        let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
        let path = programs.join("zensical");
        let wanted = super::pages::read(&repository.site().join("requirements.txt"))?;
        let installed = folder.join("installed.txt");
        if fs::read_to_string(&installed).ok().as_deref() != Some(&wanted) {
            context
                .console
                .progress("installing Zensical into target/docs (the first time only)")?;
            install(repository, &folder, &programs)?;
            fs::write(&installed, wanted).map_err(|error| {
                Failure::new(
                    Code::System,
                    format!("cannot write `{}`", installed.display()),
                )
                .because(error)
            })?;
        }
        Ok(Self { path })
    }

    /// Makes the site of what lies in the workshop.
    pub fn build(&self, workshop: &Path) -> Result<()> {
        let mut command = Command::new(&self.path);
        command
            .args(["build", "--clean", "--strict"])
            .current_dir(workshop);
        finish(&mut command, workshop, "make the site", BUILD_LIMIT)
    }

    /// Starts its server, on this machine only.
    pub fn serve(&self, workshop: &Path, port: u16) -> Result<Child> {
        let mut command = Command::new(&self.path);
        command
            .arg("serve")
            .args(["--dev-addr", &format!("127.0.0.1:{port}")])
            .current_dir(workshop)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        command
            .spawn()
            .map_err(|error| not_started(&command, error))
    }
}

fn install(repository: &Repository, folder: &Path, programs: &Path) -> Result<()> {
    let workshop = repository.workshop();
    let python = if cfg!(windows) { "python" } else { "python3" };
    let mut command = Command::new(python);
    command.args(["-m", "venv", "--clear"]).arg(folder);
    finish(
        &mut command,
        &workshop,
        "make a virtual environment",
        INSTALL_LIMIT,
    )
    .map_err(|failure| failure.hint(WHAT_IT_NEEDS))?;
    let mut command = Command::new(programs.join("python"));
    command
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries",
            "1",
            "-r",
        ])
        .arg(repository.site().join("requirements.txt"));
    finish(&mut command, &workshop, "install Zensical", INSTALL_LIMIT)
        .map_err(|failure| failure.hint(FROM_THE_REGISTRY))
}

/// Runs a program to its end, and says what it said when it fails.
fn finish(command: &mut Command, workshop: &Path, purpose: &str, limit: Duration) -> Result<()> {
    let log = workshop.join("log.txt");
    let unwritable = |error| {
        Failure::new(Code::System, format!("cannot write `{}`", log.display())).because(error)
    };
    let out = File::create(&log).map_err(unwritable)?;
    let errors = out.try_clone().map_err(unwritable)?;
    command
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(errors);
    let mut child = command
        .spawn()
        .map_err(|error| not_started(command, error))?;
    let status = wait(&mut child, limit).map_err(|error| {
        Failure::new(Code::Program, format!("cannot wait for {}", shown(command))).because(error)
    })?;
    match status {
        Some(true) => Ok(()),
        Some(false) => {
            let said = fs::read_to_string(&log).unwrap_or_default();
            let said = anstream::adapter::strip_str(&said).to_string();
            let lines: Vec<_> = said.lines().collect();
            let last = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
            Err(Failure::new(
                Code::Program,
                format!("cannot {purpose}: {} failed", shown(command)),
            )
            .because(io::Error::other(crate::diagnostics::escape_lines(&last))))
        }
        None => Err(Failure::new(
            Code::Program,
            format!(
                "cannot {purpose}: {} took more than {} seconds",
                shown(command),
                limit.as_secs()
            ),
        )),
    }
}

/// Whether it succeeded; `None` when it had to be ended.
fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<bool>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status.success()));
        }
        if start.elapsed() > limit {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn not_started(command: &Command, error: io::Error) -> Failure {
    Failure::new(
        Code::Program,
        format!("{} cannot be started", shown(command)),
    )
    .because(error)
    .hint(WHAT_IT_NEEDS)
}

fn shown(command: &Command) -> String {
    format!("`{}`", command.get_program().to_string_lossy())
}
