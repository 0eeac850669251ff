//! Accounting: what the sink says became of the entries against what the stand-in has.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::exchange::Exchange;
use crate::commands::entries::Entries;

/// The balance of one run.
#[derive(Debug, PartialEq, Eq)]
pub struct Account {
    /// Lines that were shipped.
    pub entries: u64,
    pub accepted: u64,
    pub delivered: u64,
    pub retries: u64,
    pub refused: BTreeMap<String, u64>,
    pub dead_lettered: u64,
    pub dropped: BTreeMap<String, u64>,
    pub pending: u64,
    /// Entries that the stand-in has, recognised by id, or counted where there are no ids.
    pub stored: u64,
    /// Whether they were recognised by id.
    pub by_id: bool,
    /// Ids that are neither stored nor in the dead-letter file nor counted as dropped.
    pub lost: Vec<String>,
}

impl Account {
    /// Whether every entry is accounted for, and the sink and the stand-in agree.
    pub fn is_complete(&self) -> bool {
        let settled = self.delivered + self.dead_lettered + total(&self.dropped);
        self.lost.is_empty()
            && self.pending == 0
            && self.accepted == settled
            && self.accepted + total(&self.refused) == self.entries
            // A lost answer leaves more stored than confirmed, never fewer.
            && self.stored >= self.delivered
    }

    /// Entries whose whereabouts are known.
    pub fn accounted(&self) -> u64 {
        let settled = self.delivered + self.dead_lettered + total(&self.dropped);
        let not_lost = self.entries.saturating_sub(self.lost.len() as u64);
        not_lost.min(settled + total(&self.refused))
    }
}

/// Sum over all reasons.
pub fn total(reasons: &BTreeMap<String, u64>) -> u64 {
    reasons.values().sum()
}

/// Compares both sides.
pub fn settle(entries: &Entries, exchange: &Exchange) -> Account {
    let report = &exchange.report;
    let dropped = reasons(report, "dropped");
    let by_id = entries.ids.iter().all(Option::is_some);
    let records = exchange
        .seen
        .records
        .iter()
        .filter(|record| !record.discarded);
    let mut account = Account {
        entries: entries.count() as u64,
        accepted: number(report, "accepted"),
        delivered: number(report, "delivered"),
        retries: number(report, "retries"),
        refused: reasons(report, "refused"),
        dead_lettered: number(report, "dead_lettered"),
        pending: number(report, "pending"),
        stored: exchange.seen.counters.stored,
        by_id,
        lost: Vec::new(),
        dropped,
    };
    if by_id {
        let mut whereabouts: HashMap<&str, Place> = entries
            .ids
            .iter()
            .flatten()
            .map(|id| (id.as_str(), Place::Nowhere))
            .collect();
        mark(&mut whereabouts, &exchange.dead_letters, Place::DeadLetter);
        records.for_each(|record| mark(&mut whereabouts, &record.text, Place::Stored));
        let count = |place| {
            whereabouts
                .values()
                .filter(|found| **found == place)
                .count() as u64
        };
        account.stored = count(Place::Stored);
        // The sink counts what it dropped and keeps no ids of it.
        let unexplained =
            count(Place::Nowhere).saturating_sub(total(&account.dropped) + total(&account.refused));
        if unexplained > 0 {
            let missing = entries
                .ids
                .iter()
                .flatten()
                .filter(|id| whereabouts[id.as_str()] == Place::Nowhere);
            account.lost = missing.cloned().collect();
        }
    }
    account
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Nowhere,
    DeadLetter,
    Stored,
}

/// Marks the ids that stand in a text as JSON texts, at whatever depth of escaping.
fn mark(whereabouts: &mut HashMap<&str, Place>, text: &str, place: Place) {
    for part in text.split('"') {
        if let Some(found) = whereabouts.get_mut(part.trim_end_matches('\\')) {
            *found = place;
        }
    }
}

fn number(report: &Value, key: &str) -> u64 {
    report.get(key).and_then(Value::as_u64).unwrap_or_default()
}

fn reasons(report: &Value, key: &str) -> BTreeMap<String, u64> {
    let object = report.get(key).and_then(Value::as_object);
    object
        .into_iter()
        .flatten()
        .filter_map(|(reason, count)| Some((reason.clone(), count.as_u64()?)))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::mock::{Snapshot, StoredRecord};

    fn entries(ids: &[&str]) -> Entries {
        Entries {
            text: String::new(),
            ids: ids.iter().map(|id| Some((*id).to_owned())).collect(),
        }
    }

    fn exchange(report: Value, stored: &[&str], dead_letters: &str) -> Exchange {
        let record = |text: &&str| StoredRecord {
            request: 1,
            timestamp: None,
            text: (*text).to_owned(),
            fields: Value::Null,
            group: None,
            discarded: false,
        };
        let records = stored.iter().map(record).collect();
        Exchange {
            report,
            seen: Snapshot {
                records,
                ..Snapshot::default()
            },
            said: String::new(),
            dead_letters: dead_letters.to_owned(),
        }
    }

    #[test]
    fn ids_are_found_in_nested_and_escaped_json() {
        let report =
            json!({"accepted": 3, "delivered": 2, "dead_lettered": 1, "dropped": {}, "pending": 0});
        let stored = [
            r#"{"context":{"message_id":"a"}}"#,
            r#"["1","{\"message_id\":\"b\"}"]"#,
        ];

        let account = settle(
            &entries(&["a", "b", "c"]),
            &exchange(report, &stored, r#"{"record":"{\"id\":\"c\"}"}"#),
        );

        assert_eq!(account.stored, 2);
        assert!(account.is_complete());
    }

    #[test]
    fn an_entry_that_is_nowhere_is_lost() {
        let report =
            json!({"accepted": 2, "delivered": 2, "dead_lettered": 0, "dropped": {}, "pending": 0});

        let account = settle(
            &entries(&["a", "b"]),
            &exchange(report, &[r#"{"id":"a"}"#], ""),
        );

        assert_eq!(account.lost, ["b"]);
        assert!(!account.is_complete());
    }

    #[test]
    fn a_drop_that_the_sink_counted_is_accounted_for() {
        let report =
            json!({"accepted": 2, "delivered": 1, "dropped": {"rejected": 1}, "pending": 0});

        let account = settle(
            &entries(&["a", "b"]),
            &exchange(report, &[r#"{"id":"a"}"#], ""),
        );

        assert!(account.lost.is_empty());
        assert!(account.is_complete());
    }

    #[test]
    fn a_sink_that_claims_more_than_arrived_is_caught() {
        let report =
            json!({"accepted": 2, "delivered": 1, "dropped": {"rejected": 1}, "pending": 0});

        let account = settle(&entries(&["a", "b"]), &exchange(report, &[], ""));

        assert!(!account.is_complete());
    }
}
