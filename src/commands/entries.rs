//! The log lines to ship, and how to recognise each of them later.

use std::path::Path;
use std::{fs, io};

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use crate::assets::Assets;
use crate::commands::{Failure, Result};
use crate::diagnostics::Code;

/// What a line is.
const EXPECTED: &str = "\
    every line is one JSON object as fapilog writes it, at least \
    `{\"timestamp\":\"2026-01-02T03:04:05Z\",\"level\":\"INFO\",\"message\":\"…\"}`";

/// NDJSON to ship.
#[derive(Debug)]
pub struct Entries {
    /// The text, one entry a line.
    pub text: String,
    /// `context.message_id` of each entry; absent where it has none.
    pub ids: Vec<Option<String>>,
}

impl Entries {
    /// The built-in sample, moved in time so that its last entry is of now: providers refuse old
    /// events.
    pub fn sample(assets: &Assets) -> Result<Self> {
        let text = assets.template("sample/entries.ndjson")?;
        Self::parse(&moved_to(&text, OffsetDateTime::now_utc()), "the sample")
    }

    /// A file of a person, as it is.
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|error| cannot_read(path, error))?;
        Self::parse(&text, &path.display().to_string())
    }

    /// The first of them as JSON.
    pub fn values(&self, most: usize) -> Result<Vec<Value>> {
        let lines = self.text.lines().filter(|line| !line.trim().is_empty());
        let values = lines.take(most).map(|line| {
            serde_json::from_str(line)
                .map_err(|error| Failure::new(Code::Input, "an entry is not JSON").because(error))
        });
        values.collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.ids.len()
    }

    fn parse(text: &str, origin: &str) -> Result<Self> {
        let mut ids = Vec::new();
        for (index, line) in text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.trim().is_empty())
        {
            let number = index + 1;
            let entry: Value = serde_json::from_str(line).map_err(|error| {
                let column = error.column();
                Failure::new(Code::Input, format!("{origin}:{number}:{column}: not JSON"))
                    .hint(EXPECTED)
            })?;
            if timestamp_of(&entry).is_none() {
                let problem = format!("{origin}:{number}: not an entry: it has no `timestamp`");
                return Err(Failure::new(Code::Input, problem).hint(EXPECTED));
            }
            ids.push(message_id(&entry));
        }
        if ids.is_empty() {
            return Err(
                Failure::new(Code::Input, format!("{origin} has no entries")).hint(EXPECTED),
            );
        }
        Ok(Self {
            text: text.to_owned(),
            ids,
        })
    }
}

/// The lines of a file, however odd they are: what is no JSON is a text.
pub fn lines(path: &Path) -> Result<Vec<Value>> {
    let bytes = fs::read(path).map_err(|error| cannot_read(path, error))?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let values: Vec<Value> = lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|_| line.into()))
        .collect();
    if values.is_empty() {
        let origin = path.display();
        return Err(Failure::new(Code::Input, format!("{origin} has no entries")).hint(EXPECTED));
    }
    Ok(values)
}

fn cannot_read(path: &Path, error: io::Error) -> Failure {
    Failure::new(Code::System, format!("cannot read `{}`", path.display())).because(error)
}

fn timestamp_of(entry: &Value) -> Option<&Value> {
    found(entry, ["/timestamp", "/log/timestamp"])
}

fn message_id(entry: &Value) -> Option<String> {
    let id = found(entry, ["/context/message_id", "/log/context/message_id"])?;
    id.as_str().map(str::to_owned)
}

/// Entries come plain, or wrapped in `log` when fapilog serialized them early.
fn found<'e>(entry: &'e Value, places: [&str; 2]) -> Option<&'e Value> {
    places.iter().find_map(|place| entry.pointer(place))
}

/// The same lines with all timestamps moved by the same distance, the last one to `end`.
fn moved_to(text: &str, end: OffsetDateTime) -> String {
    let last = text.lines().rev().find_map(timestamp);
    let distance = last.map_or(Duration::ZERO, |(_, last)| end - last);
    let mut moved = String::with_capacity(text.len());
    for line in text.lines() {
        match timestamp(line) {
            Some((old, time)) => moved.push_str(&line.replacen(old, &written(time + distance), 1)),
            None => moved.push_str(line),
        }
        moved.push('\n');
    }
    moved
}

/// The entry's own timestamp: fapilog writes it first.
fn timestamp(line: &str) -> Option<(&str, OffsetDateTime)> {
    let (text, _) = line.strip_prefix(r#"{"timestamp":""#)?.split_once('"')?;
    Some((text, OffsetDateTime::parse(text, &Rfc3339).ok()?))
}

fn written(time: OffsetDateTime) -> String {
    let format =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    // Only years beyond four digits do not fit, and this is about now.
    time.format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn the_sample_is_moved_as_a_whole() {
        let text = "{\"timestamp\":\"2026-11-23T10:00:00.000Z\",\"a\":1}\n{\"timestamp\":\"2026-11-23T10:00:01.500Z\"}\n";

        let moved = moved_to(text, datetime!(2027-01-01 00:00:00 UTC));

        assert_eq!(
            moved,
            "{\"timestamp\":\"2026-12-31T23:59:58.500Z\",\"a\":1}\n{\"timestamp\":\"2027-01-01T00:00:00.000Z\"}\n"
        );
    }

    #[test]
    fn every_sample_entry_has_its_own_id() {
        let sample = Entries::sample(&Assets::embedded()).expect("valid");

        let distinct: std::collections::BTreeSet<_> = sample.ids.iter().flatten().collect();
        assert_eq!(distinct.len(), sample.count());
        assert_eq!(sample.count(), 200);
    }

    #[test]
    fn a_line_that_is_not_json_is_named() {
        let failure =
            Entries::parse("{\"timestamp\":1}\n\nnope\n", "app.ndjson").expect_err("not JSON");

        let crate::commands::Failure::Other(problem, _) = failure else {
            panic!("another failure")
        };
        assert_eq!(problem.message, "app.ndjson:3:2: not JSON");
    }
}
