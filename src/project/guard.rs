//! One run at a time in a folder, and none on top of half of another.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::disk::Disk;
use super::journal::{self, FOLDER};
use crate::diagnostics::Code;
use crate::files::read_regular_text;
use crate::problem::Problem;

/// How long a run waits for another one. None takes a second.
pub const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(20);
const RUNNING: &str = "running";

/// A folder that no other run changes as long as this lives.
#[derive(Debug)]
pub struct Guard {
    root: PathBuf,
    file: Option<File>,
    /// Folders that were not there before, the deepest first.
    made: Vec<PathBuf>,
    /// A run before this one was interrupted, and what it did was taken back.
    pub recovered: bool,
}

impl Guard {
    /// Waits until no other run is in the folder, and takes back what an interrupted one left.
    ///
    /// # Errors
    ///
    /// Another run does not end within `patience`, or the folder cannot be written to.
    pub fn enter(root: &Path, patience: Duration) -> Result<Self, Problem> {
        if root.is_file() {
            return Err(
                Problem::new(Code::Project, format!("`{}` is a file", root.display()))
                    .hint("name a folder with `--out`"),
            );
        }
        let made = missing(root);
        let mut guard = Self {
            root: root.to_path_buf(),
            file: None,
            made,
            recovered: false,
        };
        let folder = root.join(FOLDER);
        let fail = |action: &str, error| {
            Problem::new(
                Code::System,
                format!("cannot {action} `{}`", folder.display()),
            )
            .because(error)
            .hint("check that the folder is writable; nothing was changed")
        };
        fs::create_dir_all(root).map_err(|error| fail("create", error))?;
        let disk = Disk::open(root).map_err(|error| fail("open", error))?;
        let is_link = fs::symlink_metadata(&folder).is_ok_and(|found| found.is_symlink());
        if is_link {
            return Err(Problem::new(
                Code::Project,
                format!("`{}` is a symbolic link", folder.display()),
            )
            .hint("remove it: the tool makes a folder there"));
        }
        guard.file = Some(wait(&folder, patience).map_err(|failure| match failure {
            Failure::Io(error) => fail("use", error),
            Failure::Busy(holder) => busy(root, &holder),
        })?);
        guard.recovered = journal::recover(&disk).map_err(|error| fail("recover", error))?;
        Ok(guard)
    }
}

/// The folder and those above it, as far as they do not exist.
fn missing(root: &Path) -> Vec<PathBuf> {
    let folders = root
        .ancestors()
        .filter(|folder| !folder.as_os_str().is_empty());
    folders
        .take_while(|folder| !folder.exists())
        .map(Path::to_path_buf)
        .collect()
}

enum Failure {
    Io(io::Error),
    Busy(String),
}

fn wait(folder: &Path, patience: Duration) -> Result<File, Failure> {
    let started = Instant::now();
    loop {
        fs::create_dir_all(folder).map_err(Failure::Io)?;
        let path = folder.join(RUNNING);
        let opened = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path);
        let file = match opened {
            // The run before has just removed the folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other.map_err(Failure::Io)?,
        };
        match file.try_lock() {
            Ok(()) if is_at(&file, &path) => {
                let said = file
                    .set_len(0)
                    .and_then(|()| write!(&file, "process {}", std::process::id()));
                said.map_err(Failure::Io)?;
                return Ok(file);
            }
            // Somebody else's, who has removed it since.
            Ok(()) => {}
            Err(TryLockError::Error(error)) => return Err(Failure::Io(error)),
            Err(TryLockError::WouldBlock) if started.elapsed() >= patience => {
                let holder = read_regular_text(&path, 100).unwrap_or_default();
                return Err(Failure::Busy(holder));
            }
            Err(TryLockError::WouldBlock) => thread::sleep(PAUSE),
        }
    }
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    let (Ok(ours), Ok(there)) = (file.metadata(), fs::symlink_metadata(path)) else {
        return false;
    };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino())
}

/// A file that is open cannot be removed there.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

fn busy(root: &Path, holder: &str) -> Problem {
    let holder = holder.trim();
    let who = if holder.is_empty() {
        String::new()
    } else {
        format!(" ({})", crate::diagnostics::escape(holder))
    };
    Problem::new(
        Code::Busy,
        format!(
            "another fapilog-gen is at work in `{}`{who}",
            root.display()
        ),
    )
    .hint("run this again when it has ended; nothing was changed")
}

impl Drop for Guard {
    /// Leaves no trace of a run that changed nothing.
    fn drop(&mut self) {
        let Some(file) = self.file.take() else {
            return;
        };
        let folder = self.root.join(FOLDER);
        let is_in_use = ["run", "last"]
            .iter()
            .any(|name| folder.join(name).exists());
        if !is_in_use {
            // Best effort: what is left is an empty folder that is ignored.
            let _ = fs::remove_file(folder.join(RUNNING));
            let _ = fs::remove_file(folder.join(".gitignore"));
            let _ = fs::remove_dir(&folder);
            for made in &self.made {
                let _ = fs::remove_dir(made);
            }
        }
        drop(file);
    }
}

/// Whether a run was interrupted in a folder: what lies there is half of it.
#[must_use]
pub fn is_interrupted(root: &Path) -> bool {
    root.join(FOLDER).join("run/journal").exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_of_two_runs_is_told_who_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Guard::enter(folder.path(), Duration::ZERO).unwrap();

        let problem = Guard::enter(folder.path(), Duration::ZERO).unwrap_err();

        let expected = format!(
            "another fapilog-gen is at work in `{}` (process {})",
            folder.path().display(),
            std::process::id()
        );
        assert_eq!(expected, problem.message);
    }

    #[test]
    fn the_second_run_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let first = Guard::enter(folder.path(), Duration::ZERO).unwrap();

        thread::scope(|scope| {
            let second = scope.spawn(|| Guard::enter(folder.path(), Duration::from_secs(600)));
            drop(first);
            second.join().unwrap().unwrap();
        });
    }

    #[test]
    fn a_run_that_changes_nothing_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a/b");

        drop(Guard::enter(&root, Duration::ZERO).unwrap());

        assert!(!folder.path().join("a").exists());
    }
}
