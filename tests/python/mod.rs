//! The virtual environments that the tests of Python code run in, and the tools in them.
#![allow(
    dead_code,
    reason = "each test program compiles this module and uses a part of it"
)]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

/// Versions that generated sinks support.
const SUPPORTED: [&str; 4] = ["3.10", "3.11", "3.12", "3.13"];

/// A Python and the folder of its virtual environment.
pub struct Python {
    /// `3.11`.
    pub version: String,
    folder: PathBuf,
}

impl Python {
    /// The one called `python3`.
    ///
    /// # Panics
    ///
    /// When there is none, or what is required cannot be installed: the tests cannot say anything
    /// then, and must not pass.
    pub fn default_one(root: &Path) -> Self {
        let program = Path::new("python3");
        let version = version_of(program).unwrap_or_else(|| {
            panic!(
                "the tests of Python sinks need `python3` (3.10 to 3.13, with `venv`) in PATH\n\
                 hint: install it, or leave these tests out with `cargo test -- --skip python`"
            )
        });
        Self::prepared(root, program, version)
    }

    /// Every supported version that is installed here, in PATH or by pyenv. Says which are not.
    ///
    /// # Panics
    ///
    /// When none is, or what is required cannot be installed.
    pub fn all(root: &Path) -> Vec<Self> {
        let mut found = Vec::new();
        for version in SUPPORTED {
            match find(version) {
                Some(program) => found.push(Self::prepared(root, &program, version.to_owned())),
                None => eprintln!("not run: Python {version} is not installed here"),
            }
        }
        assert!(
            !found.is_empty(),
            "no Python from 3.10 to 3.13 is installed"
        );
        found
    }

    /// Where a tool of the environment lies.
    pub fn tool(&self, name: &str) -> PathBuf {
        self.folder.join("bin").join(name)
    }

    /// Runs a tool of the environment in a folder, with some more variables; it must succeed.
    pub fn run(&self, tool: &str, arguments: &[&str], folder: &Path, variables: &[(&str, &str)]) {
        let status = Command::new(self.tool(tool))
            .args(arguments)
            .current_dir(folder)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .envs(variables.iter().copied())
            .status()
            .unwrap_or_else(|error| panic!("{tool} does not run: {error}"));
        assert!(
            status.success(),
            "{tool} {} failed in {} with Python {}",
            arguments.join(" "),
            folder.display(),
            self.version
        );
    }

    /// Makes the environment on first use, and again when `tests/python/requirements.txt` changes.
    fn prepared(root: &Path, program: &Path, version: String) -> Self {
        let folder = root.join("target/python").join(&version);
        fs::create_dir_all(root.join("target/python")).expect("a folder");
        // Other test programs wait here while one prepares the environment.
        let lock = fs::File::create(folder.with_extension("lock")).expect("a lock file");
        lock.lock().expect("a lock");
        let python = Self { version, folder };
        let requirements = root.join("tests/python/requirements.txt");
        let wanted = fingerprint(&requirements);
        let mark = python.folder.join("requirements.sha256");
        if fs::read_to_string(&mark).is_ok_and(|known| known == wanted) {
            return python;
        }
        eprintln!(
            "preparing {} from {}, once",
            python.folder.display(),
            requirements.display()
        );
        fs::remove_dir_all(&python.folder).ok();
        let made = Command::new(program)
            .args(["-m", "venv"])
            .arg(&python.folder)
            .status();
        assert!(
            made.is_ok_and(|status| status.success()),
            "cannot make a virtual environment with {}",
            program.display()
        );
        let requirements = requirements.to_str().expect("a path in UTF-8");
        python.run(
            "pip",
            &["install", "--quiet", "-r", requirements],
            root,
            &[],
        );
        fs::write(mark, wanted).expect("the mark");
        python
    }
}

/// `3.11` for a Python that runs.
fn version_of(program: &Path) -> Option<String> {
    let script = "import sys; print('%d.%d' % sys.version_info[:2])";
    let output = Command::new(program).args(["-c", script]).output().ok()?;
    let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(version)
}

fn find(version: &str) -> Option<PathBuf> {
    let in_path = PathBuf::from(format!("python{version}"));
    std::iter::once(in_path)
        .chain(of_pyenv(version))
        .find(|program| version_of(program).is_some_and(|found| found == version))
}

fn of_pyenv(version: &str) -> Vec<PathBuf> {
    let home = std::env::var_os("PYENV_ROOT").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".pyenv")));
    let folders = home.and_then(|home| fs::read_dir(home.join("versions")).ok());
    folders
        .into_iter()
        .flatten()
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(version))
        .map(|entry| entry.path().join("bin/python"))
        .collect()
}

fn fingerprint(requirements: &Path) -> String {
    let text = fs::read_to_string(requirements).expect("the pinned requirements");
    let digest = Sha256::digest(text);
    digest.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to memory");
        text
    })
}
