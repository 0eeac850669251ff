//! The lines of a dead-letter file, as every language writes them.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value as Json;

use crate::commands::{Failure, Result};
use crate::diagnostics::{Code, escape};

/// Longest line that is read; sinks write none that are near it.
const MAX_LINE_BYTES: u64 = 64 * 1_024 * 1_024;

/// One event that could not be delivered.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Letter {
    /// Whose sink kept it.
    pub provider: String,
    /// Why it ended.
    pub reason: String,
    /// The status of the answer, if there was one.
    pub status: Option<u16>,
    /// What the provider said.
    pub detail: String,
    /// Attempts made.
    pub attempts: u64,
    /// When the first began.
    pub first_attempt: Option<String>,
    /// When the last began.
    pub last_attempt: Option<String>,
    /// What the application logged.
    pub entry: Json,
}

/// One line.
#[derive(Debug)]
pub struct Line {
    /// Where it begins, in bytes.
    pub at: u64,
    /// Its bytes, with the line break if it has one.
    pub bytes: Vec<u8>,
    /// What it holds; `None` where it is no dead letter, such as a line that a crash broke off.
    pub letter: Option<Letter>,
}

/// Reads the lines of a file one by one.
#[derive(Debug)]
pub struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    at: u64,
}

impl Lines {
    /// The lines of a regular file.
    pub fn open(path: &Path) -> Result<Self> {
        let is_regular = |file: &File| file.metadata().map(|found| found.is_file());
        let refuse = |error| {
            let shown = escape(&path.display().to_string());
            Failure::new(Code::System, format!("cannot read `{shown}`"))
                .because(error)
                .hint("name the file that the sink's `dead_letter_path` names")
        };
        let found = std::fs::metadata(path).map_err(refuse)?;
        if !found.is_file() {
            return Err(refuse(io::Error::other("it is no regular file")));
        }
        let file = File::open(path).map_err(refuse)?;
        if !is_regular(&file).map_err(refuse)? {
            return Err(refuse(io::Error::other("it is no regular file")));
        }
        Ok(Self::of(path, file))
    }

    /// The lines of an opened file, from where it stands: its beginning.
    pub fn of(path: &Path, file: File) -> Self {
        Self {
            path: path.to_owned(),
            reader: BufReader::new(file),
            at: 0,
        }
    }

    /// The next line.
    pub fn next(&mut self) -> Result<Option<Line>> {
        let mut bytes = Vec::new();
        let read = self
            .reader
            .by_ref()
            .take(MAX_LINE_BYTES)
            .read_until(b'\n', &mut bytes);
        let count = read.map_err(|error| {
            let shown = escape(&self.path.display().to_string());
            Failure::new(Code::System, format!("cannot read `{shown}`")).because(error)
        })?;
        if count == 0 {
            return Ok(None);
        }
        let at = self.at;
        self.at += count as u64;
        let is_whole = bytes.ends_with(b"\n");
        let letter = serde_json::from_slice(&bytes).ok().filter(|_| is_whole);
        Ok(Some(Line { at, bytes, letter }))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_lines_of_every_language_are_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/dead_letter/golden.ndjson");
        let mut lines = Lines::open(&path).unwrap();

        let first = lines.next().unwrap().unwrap().letter.unwrap();
        let second = lines.next().unwrap().unwrap();

        assert_eq!(
            (Some(400), 1, "rejected"),
            (first.status, first.attempts, &*first.reason)
        );
        assert_eq!("line \"one\"\nnext ü 🦀", first.entry["message"]);
        assert!(second.at > 0 && second.letter.is_some());
    }

    #[test]
    fn what_is_no_dead_letter_is_a_line_all_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("dead");
        fs::write(&path, "{\"rec\n[1]\n\n{\"provider\":\"a\"").unwrap();
        let mut lines = Lines::open(&path).unwrap();

        let mut found = Vec::new();
        while let Some(line) = lines.next().unwrap() {
            assert_eq!(None, line.letter);
            found.push((line.at, line.bytes.len()));
        }

        assert_eq!(vec![(0, 6), (6, 4), (10, 1), (11, 15)], found);
    }
}
