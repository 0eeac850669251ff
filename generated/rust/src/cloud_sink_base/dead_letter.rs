//! The file that keeps events which cannot be delivered, for a person to look at.
//!
//! One JSON object a line: provider, reason, detail, attempts, the event's timestamp, the record
//! as text. Readable by its owner alone, never beyond its size, synced to disk with each append.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::PathBuf;

use super::{DropReason, JsonObject, Record};

/// The dead-letter file, opened when it is first needed.
#[derive(Debug)]
pub(super) struct DeadLetter {
    provider: &'static str,
    path: PathBuf,
    max_bytes: u64,
    open: Option<OpenFile>,
    lines: Vec<u8>,
}

#[derive(Debug)]
struct OpenFile {
    file: File,
    length: u64,
}

/// How many of the records an append kept.
#[derive(Debug, Default)]
pub(super) struct Appended {
    pub(super) kept: usize,
    /// Did not fit under the size.
    pub(super) full: usize,
    /// Could not be written.
    pub(super) failed: usize,
    pub(super) error: Option<io::Error>,
}

impl DeadLetter {
    pub(super) fn new(provider: &'static str, path: PathBuf, max_bytes: u64) -> Self {
        Self {
            provider,
            path,
            max_bytes,
            open: None,
            lines: Vec::new(),
        }
    }

    /// Appends records; those that are counted as kept are on the disk when this returns.
    pub(super) fn append(
        &mut self,
        records: &[Record],
        reason: DropReason,
        detail: &str,
        attempts: u32,
    ) -> Appended {
        let mut appended = Appended::default();
        if let Err(error) = self.try_append(records, reason, detail, attempts, &mut appended) {
            appended.failed = records.len() - appended.full;
            appended.kept = 0;
            appended.error = Some(error);
            // Look at the file afresh next time: the disk or the path may have changed.
            self.open = None;
        }
        appended
    }

    fn try_append(
        &mut self,
        records: &[Record],
        reason: DropReason,
        detail: &str,
        attempts: u32,
        appended: &mut Appended,
    ) -> io::Result<()> {
        let mut open = match self.open.take() {
            Some(open) => open,
            None => self.open_file()?,
        };
        self.lines.clear();
        for record in records {
            let before = self.lines.len();
            self.push_line(record, reason, detail, attempts);
            if open.length + self.lines.len() as u64 > self.max_bytes {
                self.lines.truncate(before);
                appended.full += 1;
            } else {
                appended.kept += 1;
            }
        }
        let written = open
            .file
            .write_all(&self.lines)
            .and_then(|()| open.file.sync_data());
        if let Err(error) = written {
            // Half a line would spoil the next one.
            let _ = open.file.set_len(open.length);
            return Err(error);
        }
        open.length += self.lines.len() as u64;
        self.open = Some(open);
        Ok(())
    }

    fn push_line(&mut self, record: &Record, reason: DropReason, detail: &str, attempts: u32) {
        let mut line = JsonObject::begin(&mut self.lines);
        line.string("provider", self.provider);
        line.string("reason", reason.as_str());
        line.string("detail", detail);
        line.u64("attempts", u64::from(attempts));
        line.quoted("timestamp", |out| record.timestamp.push_rfc3339_nanos(out));
        line.string("record", &String::from_utf8_lossy(&record.bytes));
        line.end();
        self.lines.push(b'\n');
    }

    fn open_file(&self) -> io::Result<OpenFile> {
        refuse_link(&self.path)?;
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&self.path)?;
        // Once more, for a link put there in between.
        refuse_link(&self.path)?;
        let length = file.metadata()?.len();
        Ok(OpenFile { file, length })
    }
}

/// A link could lead the events anywhere the sink may write.
fn refuse_link(path: &std::path::Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other(
            "the dead-letter path is not a regular file",
        )),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
