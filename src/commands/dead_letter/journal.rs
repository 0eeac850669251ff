//! What a replay has got confirmed, kept beside the dead-letter file until that is written anew: a
//! replay that is interrupted goes on where it was.
//!
//! The file's own lines stay untouched until the end, when those that are left replace it at once.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value as Json, json};
use sha2::{Digest as _, Sha256};

use super::file::{Line, Lines};
use super::private_file::PrivateFile;
use crate::commands::{Failure, Result};
use crate::diagnostics::{Code, escape};
use crate::text::hex;

/// Times that a lock is tried, and what is waited in between.
#[cfg(unix)]
const LOCK_TRIES: u32 = 200;
#[cfg(unix)]
const LOCK_WAIT: std::time::Duration = std::time::Duration::from_millis(10);

/// Longest journal that is read: a line for each answer.
const MAX_JOURNAL_BYTES: u64 = 256 * 1_024 * 1_024;

/// Lines that were confirmed, by where they begin.
#[derive(Debug, Default)]
pub struct Confirmed(BTreeMap<u64, String>);

/// The journal of one run; nobody else replays the same file meanwhile.
#[derive(Debug)]
pub struct Journal {
    letters: PathBuf,
    file: File,
    confirmed: Confirmed,
}

impl Confirmed {
    /// What an earlier replay of this file got confirmed.
    pub fn read(letters: &Path) -> Result<Self> {
        let path = beside(letters, "replay");
        match File::open(&path) {
            Ok(file) => Self::of(file, letters).map_err(|error| cannot("read", &path, error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(cannot("read", &path, error)),
        }
    }

    fn of(file: File, letters: &Path) -> io::Result<Self> {
        let mut text = Vec::new();
        file.take(MAX_JOURNAL_BYTES).read_to_end(&mut text)?;
        let mut lines = text
            .split_inclusive(|byte| *byte == b'\n')
            .filter_map(|line| serde_json::from_slice::<Json>(line).ok());
        // Of a file that has been written anew since, it says nothing.
        if lines.next() != Some(head(letters)?) {
            return Ok(Self::default());
        }
        let mut confirmed = BTreeMap::new();
        for pairs in lines {
            let pairs: Vec<(u64, String)> = serde_json::from_value(pairs).unwrap_or_default();
            confirmed.extend(pairs);
        }
        Ok(Self(confirmed))
    }

    /// Whether this very line was.
    pub fn holds(&self, line: &Line) -> bool {
        self.0
            .get(&line.at)
            .is_some_and(|sum| *sum == checksum(&line.bytes))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Journal {
    /// Goes on with the journal of an earlier run, or begins one.
    pub fn open(letters: &Path) -> Result<Self> {
        let path = beside(letters, "replay");
        let opened = PrivateFile::open(&path).map_err(|error| cannot("write", &path, error))?;
        let file = opened.into_file();
        if !is_mine(&file) {
            let shown = escape(&letters.display().to_string());
            return Err(
                Failure::new(Code::Busy, format!("`{shown}` is being replayed already"))
                    .hint("wait until the other replay has ended"),
            );
        }
        let mut journal = Self {
            letters: letters.to_owned(),
            file,
            confirmed: Confirmed::read(letters)?,
        };
        if journal.confirmed.is_empty() {
            let head = head(letters).map_err(|error| cannot("read", letters, error))?;
            let begun = journal.file.set_len(0).and_then(|()| journal.write(&head));
            begun.map_err(|error| cannot("write", &path, error))?;
        } else {
            // A line that a crash broke off must not swallow the next.
            let ended = journal.file.write_all(b"\n");
            ended.map_err(|error| cannot("write", &path, error))?;
        }
        Ok(journal)
    }

    /// What is confirmed.
    pub const fn confirmed(&self) -> &Confirmed {
        &self.confirmed
    }

    /// Notes lines as confirmed, on the disk before this returns.
    pub fn confirm(&mut self, lines: &[&Line]) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let pairs = lines.iter().map(|line| (line.at, checksum(&line.bytes)));
        let pairs: Vec<(u64, String)> = pairs.collect();
        let written = self.write(&json!(pairs));
        written.map_err(|error| cannot("write", &beside(&self.letters, "replay"), error))?;
        self.confirmed.0.extend(pairs);
        Ok(())
    }

    fn write(&mut self, value: &Json) -> io::Result<()> {
        let mut line = value.to_string();
        line.push('\n');
        self.file.write_all(line.as_bytes())?;
        self.file.sync_data()
    }

    /// Replaces the dead-letter file by its lines that are not confirmed, those that sinks have
    /// added meanwhile included, and ends the journal. Returns how many lines are left.
    pub fn finish(self) -> Result<usize> {
        let fail = |error| cannot("write", &self.letters, error);
        if self.confirmed.is_empty() {
            self.end()?;
            return Ok(0);
        }
        let path = beside(&self.letters, "replayed");
        remove(&path).map_err(fail)?;
        let mut left = private(&path).map_err(fail)?;
        let mut lines = Lines::open(&self.letters)?;
        // Most of it before sinks have to wait.
        let mut count = self.copy(&mut lines, &mut left)?;
        left.sync_data().map_err(fail)?;
        let locked = PrivateFile::open(&self.letters).map_err(fail)?.into_file();
        if !is_mine(&locked) {
            let error = io::Error::other("another process holds the file");
            return Err(fail(error));
        }
        count += self.copy(&mut lines, &mut left)?;
        left.sync_all().map_err(fail)?;
        if count == 0 {
            fs::remove_file(&self.letters).map_err(fail)?;
            remove(&path).map_err(fail)?;
        } else {
            fs::rename(&path, &self.letters).map_err(fail)?;
        }
        sync_folder(&self.letters).map_err(fail)?;
        drop(locked);
        self.end()?;
        Ok(count)
    }

    fn copy(&self, lines: &mut Lines, left: &mut File) -> Result<usize> {
        let mut count = 0;
        while let Some(line) = lines.next()? {
            if !self.confirmed.holds(&line) {
                let written = left.write_all(&line.bytes);
                written.map_err(|error| cannot("write", &self.letters, error))?;
                count += 1;
            }
        }
        Ok(count)
    }

    fn end(&self) -> Result<()> {
        let path = beside(&self.letters, "replay");
        remove(&path).map_err(|error| cannot("remove", &path, error))
    }
}

/// `dead.ndjson.replay` beside `dead.ndjson`.
fn beside(letters: &Path, ending: &str) -> PathBuf {
    let mut name = letters.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    letters.with_file_name(name)
}

/// What a journal begins with: which file it is about.
fn head(letters: &Path) -> io::Result<Json> {
    let found = fs::metadata(letters)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Ok(json!({"replay": 1, "device": found.dev(), "inode": found.ino()}))
    }
    #[cfg(not(unix))]
    {
        let _ = found;
        Ok(json!({"replay": 1}))
    }
}

fn checksum(line: &[u8]) -> String {
    hex(&Sha256::digest(line)[..8])
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Locks a file, waiting a few seconds for sinks, which hold it for moments.
#[cfg(unix)]
fn is_mine(file: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};
    use rustix::io::Errno;

    for _ in 0..LOCK_TRIES {
        match flock(file, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK | Errno::INTR) => std::thread::sleep(LOCK_WAIT),
            // On a file system without locks there is none to wait for.
            _ => return true,
        }
    }
    false
}

#[cfg(not(unix))]
fn is_mine(_file: &File) -> bool {
    true
}

#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_path: &Path) -> io::Result<()> {
    Ok(())
}

fn cannot(what: &str, path: &Path, error: io::Error) -> Failure {
    let shown = escape(&path.display().to_string());
    Failure::new(Code::System, format!("cannot {what} `{shown}`")).because(error)
}
