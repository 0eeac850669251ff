//! The virtual environment that the tests of Python code run in.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

/// The environment's folder, made on first use and again when `tests/python/requirements.txt` or the
/// interpreter changes.
///
/// # Panics
///
/// When there is no Python, or what is required cannot be installed: the tests cannot say anything
/// then, and must not pass.
pub fn environment(root: &Path) -> &'static Path {
    static ENVIRONMENT: OnceLock<PathBuf> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| prepare(root))
}

fn prepare(root: &Path) -> PathBuf {
    let folder = root.join("target/python-venv");
    fs::create_dir_all(root.join("target")).expect("the target folder");
    // Other test programs wait here while one prepares the environment.
    let lock = fs::File::create(root.join("target/python-venv.lock")).expect("a lock file");
    lock.lock().expect("a lock");
    let requirements = root.join("tests/python/requirements.txt");
    let wanted = fingerprint(&requirements, &interpreter());
    let mark = folder.join("fapilog-gen.sha256");
    if fs::read_to_string(&mark).is_ok_and(|known| known == wanted) {
        return folder;
    }
    eprintln!(
        "preparing {} from {}, once",
        folder.display(),
        requirements.display()
    );
    fs::remove_dir_all(&folder).ok();
    let program = folder.join("bin/python");
    let steps: [(&str, Command); 2] = [
        (
            "make a virtual environment",
            command("python3", &["-m", "venv"], &[&folder]),
        ),
        (
            "install the requirements",
            command(
                &program,
                &[
                    "-m",
                    "pip",
                    "install",
                    "--quiet",
                    "--disable-pip-version-check",
                    "-r",
                ],
                &[&requirements],
            ),
        ),
    ];
    for (what, mut step) in steps {
        let status = step
            .status()
            .unwrap_or_else(|error| panic!("cannot {what}: {error}"));
        assert!(
            status.success(),
            "cannot {what}: {step:?} ended with {status}"
        );
    }
    fs::write(&mark, wanted).expect("the mark");
    folder
}

fn command(program: impl AsRef<std::ffi::OsStr>, words: &[&str], paths: &[&Path]) -> Command {
    let mut command = Command::new(program);
    command.args(words).args(paths);
    command
}

/// The version of the Python that tests run with.
fn interpreter() -> String {
    let output = Command::new("python3").arg("--version").output();
    let output = output.unwrap_or_else(|error| {
        panic!(
            "the tests of Python sinks need `python3` (3.10 to 3.13, with `venv`) in PATH: {error}\n\
             hint: install it, or leave these tests out with `cargo test --workspace -- --skip python`"
        )
    });
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn fingerprint(requirements: &Path, interpreter: &str) -> String {
    let text = fs::read_to_string(requirements).expect("the pinned requirements");
    let digest = Sha256::digest(format!("{interpreter}\n{text}"));
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to memory");
        text
    })
}
