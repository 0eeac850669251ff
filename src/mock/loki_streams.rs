//! What Loki remembers of its streams: exact duplicates and how far each has come.
//!
//! Source: Loki 3.7.8, observed, and `pkg/chunkenc/unordered.go` of the same version.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;

use super::clock::SECOND;

/// An entry older than its stream's newest by more than half of `max_chunk_age` (2 h) is refused.
const BEHIND_NEWEST: i64 = 3600 * SECOND;

/// What the stand-in remembers of streams.
#[derive(Debug, Default)]
pub(super) struct Streams {
    newest: HashMap<u64, i64>,
    stored: HashSet<u64>,
}

/// What becomes of an entry that is fine by itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Stored.
    New,
    /// Answered like a stored one, but kept once.
    Duplicate,
    /// Refused.
    FarBehind,
}

/// Entries remembered for duplicates, and streams for their newest; Loki too remembers only what is still in memory.
const MAX_REMEMBERED: usize = 1_000_000;

impl Streams {
    /// Judges an entry and remembers it.
    pub fn push(&mut self, labels: &Value, timestamp: i64, text: &str) -> Fate {
        let stream = hash(&labels.to_string());
        if self.newest.len() >= MAX_REMEMBERED {
            self.newest.clear();
        }
        let newest = self.newest.entry(stream).or_insert(timestamp);
        if timestamp < newest.saturating_sub(BEHIND_NEWEST) {
            return Fate::FarBehind;
        }
        *newest = timestamp.max(*newest);
        if self.stored.len() >= MAX_REMEMBERED {
            self.stored.clear();
        }
        if self.stored.insert(hash(&(stream, timestamp, text))) {
            Fate::New
        } else {
            Fate::Duplicate
        }
    }
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_exact_duplicate_is_kept_once() {
        let mut known = Streams::default();
        let labels = json!({"app": "a"});

        assert_eq!(Fate::New, known.push(&labels, 5, "x"));
        assert_eq!(Fate::Duplicate, known.push(&labels, 5, "x"));
        assert_eq!(Fate::New, known.push(&labels, 5, "y"));
        assert_eq!(Fate::New, known.push(&json!({"app": "b"}), 5, "x"));
    }

    #[test]
    fn entries_more_than_an_hour_behind_are_refused() {
        let mut known = Streams::default();
        let labels = json!({"app": "a"});

        known.push(&labels, 2 * BEHIND_NEWEST, "new");

        assert_eq!(Fate::New, known.push(&labels, BEHIND_NEWEST, "an hour"));
        assert_eq!(
            Fate::FarBehind,
            known.push(&labels, BEHIND_NEWEST - 1, "more")
        );
    }
}
