//! The file that keeps events which cannot be delivered, for a person to look at.
//!
//! One JSON object a line, the same in every language: provider, reason, status, detail, attempts, the
//! times of the first and the last of these, the entry. Readable by its owner alone, never beyond its
//! size, synced to disk at the latest 0.2 s after an append: a flood of refusals must not wait for the
//! disk each time. Several sinks may share a file; each line names its provider. The generator's
//! `dead-letter` command lists what is in it and sends it again.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use tokio::time::Instant;

use super::accounts::Cause;
use super::private_file::PrivateFile;
use super::{DropReason, JsonObject, Record, TimeFormat, Timestamp};

/// Longest that an append may be lost to a loss of power.
const SYNC_AFTER: Duration = Duration::from_millis(200);

/// Characters of a detail that are kept; transports quote less.
const DETAIL_CHARS: usize = 500;

/// What a line has besides its entry, about.
const LINE_COST: usize = 320;

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

/// What became of records that were to be kept.
#[derive(Debug, PartialEq, Eq)]
pub struct Kept {
    /// The first so many are in the file.
    pub count: usize,
    /// Why the others are not.
    pub why: DropReason,
    /// The same in words, where there is more to say.
    pub error: Option<String>,
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

    /// Appends records up to the first that does not fit. Those in the file outlive the process, and
    /// a loss of power after the next [`DeadLetter::sync`].
    ///
    /// `details` holds one for each record, or none: then the cause's stands in every line.
    pub fn keep(
        &mut self,
        records: &[Record],
        details: &[String],
        cause: Cause<'_>,
        now: Instant,
    ) -> Kept {
        self.append(records, details, cause, now)
            .unwrap_or_else(|error| Kept {
                count: 0,
                why: DropReason::DeadLetterFailed,
                error: Some(error.to_string()),
            })
    }

    fn append(
        &mut self,
        records: &[Record],
        details: &[String],
        cause: Cause<'_>,
        now: Instant,
    ) -> io::Result<Kept> {
        let mut file = PrivateFile::open(&self.path)?;
        if file.len() == 0 {
            // A person took the last one away.
            self.sync()?;
        }
        let room = self.max_bytes.saturating_sub(file.len());
        let lengths = records.iter().map(|record| entry(record).len() + LINE_COST);
        let mut lines = Vec::with_capacity(lengths.sum());
        if file.ends_within_a_line()? {
            lines.push(b'\n');
        }
        let mut ends = Vec::with_capacity(records.len());
        let times = Times::of(cause, now);
        for (index, record) in records.iter().enumerate() {
            let before = lines.len();
            let detail = details.get(index).map_or(cause.detail, String::as_str);
            push_line(&mut lines, self.provider, record, detail, cause, times);
            if lines.len() as u64 > room {
                lines.truncate(before);
                break;
            }
            ends.push(lines.len());
        }
        if ends.is_empty() {
            return Ok(Kept {
                count: 0,
                why: DropReason::DeadLetterFull,
                error: None,
            });
        }
        let (count, error) = file.append(&lines, &ends);
        if count > 0 {
            let due = self.sync_due().unwrap_or(now + SYNC_AFTER);
            self.unsynced = Some((file.into_file(), due));
        }
        Ok(Kept {
            count,
            why: match error {
                Some(_) => DropReason::DeadLetterFailed,
                None => DropReason::DeadLetterFull,
            },
            error: error.map(|error| error.to_string()),
        })
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

/// When the first and the last attempt began, by the time of day; `None` without any.
#[derive(Debug, Clone, Copy)]
struct Times {
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Times {
    fn of(cause: Cause<'_>, now: Instant) -> Self {
        let today = Timestamp::now();
        let at = |moment: Instant| today.saturating_sub(now.saturating_duration_since(moment));
        Self {
            first: cause.tries.first.map(at),
            last: cause.tries.last.map(at),
        }
    }
}

fn push_line(
    out: &mut Vec<u8>,
    provider: &str,
    record: &Record,
    detail: &str,
    cause: Cause<'_>,
    times: Times,
) {
    let mut line = JsonObject::begin(out);
    line.string("provider", provider);
    line.string("reason", cause.reason.as_str());
    match status(detail) {
        Some(status) => line.u64("status", status),
        None => line.encoded("status", b"null"),
    }
    line.string("detail", bounded(detail));
    line.u64("attempts", u64::from(cause.tries.attempts));
    for (key, time) in [("first_attempt", times.first), ("last_attempt", times.last)] {
        match time {
            Some(time) => line.time(key, time, TimeFormat::Rfc3339Nanos),
            None => line.encoded(key, b"null"),
        }
    }
    line.encoded("entry", entry(record));
    line.end();
    out.push(b'\n');
}

fn entry(record: &Record) -> &[u8] {
    record.entry.as_deref().unwrap_or(b"null")
}

/// The status that a detail begins with: `HTTP 400 …` of a request, `status 400 …` of one event.
fn status(detail: &str) -> Option<u64> {
    let rest = detail.strip_prefix("HTTP ");
    let rest = rest.or_else(|| detail.strip_prefix("status "))?;
    let digits = rest.get(..3)?;
    let ends = !rest[3..].starts_with(|c: char| c.is_ascii_digit());
    let is_number = ends && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

fn bounded(detail: &str) -> &str {
    let end = detail.char_indices().nth(DETAIL_CHARS);
    end.map_or(detail, |(end, _)| &detail[..end])
}
