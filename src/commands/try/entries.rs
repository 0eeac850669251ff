//! The log lines to ship, and how to recognise each of them later.

use std::fs;
use std::path::Path;

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use crate::assets::Assets;
use crate::commands::{Failure, Result};

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
        let text = fs::read_to_string(path).map_err(|error| {
            Failure::new(format!("cannot read `{}`", path.display())).because(error)
        })?;
        Self::parse(&text, &path.display().to_string())
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
            let entry: Value = serde_json::from_str(line).map_err(|error| {
                Failure::new(format!("{origin}:{}: not a JSON entry", index + 1))
                    .because(error)
                    .hint("every line is one JSON object, as fapilog writes it")
            })?;
            ids.push(message_id(&entry));
        }
        if ids.is_empty() {
            return Err(Failure::new(format!("{origin} has no entries")));
        }
        Ok(Self {
            text: text.to_owned(),
            ids,
        })
    }
}

/// Entries come plain, or wrapped in `log` when fapilog serialized them early.
fn message_id(entry: &Value) -> Option<String> {
    let id = ["/context/message_id", "/log/context/message_id"]
        .iter()
        .find_map(|path| entry.pointer(path));
    id.and_then(Value::as_str).map(str::to_owned)
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
        let failure = Entries::parse("{}\n\nnope\n", "app.ndjson").expect_err("not JSON");

        let crate::commands::Failure::Other(problem) = failure else {
            panic!("another failure")
        };
        assert_eq!(problem.message, "app.ndjson:3: not a JSON entry");
    }
}
