//! The file that keeps events which cannot be delivered, for a person to look at.
//!
//! One JSON object a line: provider, reason, detail, attempts, the event's timestamp, the record
//! as text. Readable by its owner alone, never beyond its size, synced to disk at the latest
//! 0.2 s after an append: a flood of refusals must not wait for the disk each time.
//! Several sinks may share a file; each line names its provider.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::Instant;

use super::accounts::Cause;
use super::{JsonObject, Record, TimeFormat};

/// Longest that an append may be lost to a loss of power.
const SYNC_AFTER: Duration = Duration::from_millis(200);

/// What a line has besides its record, about.
const LINE_COST: usize = 256;

/// The dead-letter file. Opened for each append: a person may have taken the last one away, and
/// lines written to a file without a name would be lost.
#[derive(Debug)]
pub struct DeadLetter {
    provider: &'static str,
    path: PathBuf,
    max_bytes: u64,
    /// What was appended to since the last sync, and when that is due.
    unsynced: Option<(File, Instant)>,
}

impl DeadLetter {
    pub fn new(provider: &'static str, path: PathBuf, max_bytes: u64) -> Self {
        Self {
            provider,
            path,
            max_bytes,
            unsynced: None,
        }
    }

    /// Appends records up to the first that does not fit. Returns how many; they outlive the
    /// process then, and a loss of power after the next [`DeadLetter::sync`].
    ///
    /// `details` holds one for each record, or none: then the cause's stands in every line.
    pub fn append(
        &mut self,
        records: &[Record],
        details: &[String],
        cause: Cause<'_>,
        now: Instant,
    ) -> io::Result<usize> {
        let mut file = open_file(&self.path)?;
        let length = file.metadata()?.len();
        if length == 0 {
            // A person took the last one away.
            self.sync()?;
        }
        let room = self.max_bytes.saturating_sub(length);
        let lengths = records.iter().map(|record| record.bytes.len() + LINE_COST);
        let mut lines = Vec::with_capacity(lengths.sum());
        if ends_within_a_line(&mut file)? {
            lines.push(b'\n');
        }
        let mut kept = 0;
        for (index, record) in records.iter().enumerate() {
            let before = lines.len();
            let detail = details.get(index).map_or(cause.detail, String::as_str);
            push_line(&mut lines, self.provider, record, detail, cause);
            if lines.len() as u64 > room {
                lines.truncate(before);
                break;
            }
            kept += 1;
        }
        if kept > 0 {
            file.write_all(&lines)?;
            let due = self.sync_due().unwrap_or(now + SYNC_AFTER);
            self.unsynced = Some((file, due));
        }
        Ok(kept)
    }

    /// When what was appended must be on the disk.
    pub fn sync_due(&self) -> Option<Instant> {
        self.unsynced.as_ref().map(|(_, due)| *due)
    }

    /// Waits until the disk has what was appended.
    pub fn sync(&mut self) -> io::Result<()> {
        match self.unsynced.take() {
            Some((file, _)) => file.sync_data(),
            None => Ok(()),
        }
    }
}

fn push_line(out: &mut Vec<u8>, provider: &str, record: &Record, detail: &str, cause: Cause<'_>) {
    let mut line = JsonObject::begin(out);
    line.string("provider", provider);
    line.string("reason", cause.reason.as_str());
    line.string("detail", detail);
    line.u64("attempts", u64::from(cause.attempts));
    line.time("timestamp", record.timestamp, TimeFormat::Rfc3339Nanos);
    line.string("record", &String::from_utf8_lossy(&record.bytes));
    line.end();
    out.push(b'\n');
}

fn open_file(path: &Path) -> io::Result<File> {
    refuse_link(path)?;
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // Once more, for a link put there in between.
    refuse_link(path)?;
    Ok(file)
}

/// Whether a write was broken off there, by a full disk or a crash. What it left is kept, because
/// a line of another sink may stand behind it; the next line must not continue it.
fn ends_within_a_line(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// A link could lead the events anywhere the sink may write.
fn refuse_link(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if !found.is_file() => Err(io::Error::other(
            "the dead-letter path is not a regular file",
        )),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}
