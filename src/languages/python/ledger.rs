//! The counters and reasons of the Python runtime, read from its docstrings.

use crate::languages::{LedgerEntry, LedgerKind};

/// The file that defines them.
pub const ASSET: &str = "python/cloud_sink_base/_stats.py";

/// Reads them: attributes of `Stats` as its docstring lists them, members of the two reasons.
pub fn read(text: &str) -> Vec<LedgerEntry> {
    let mut entries: Vec<LedgerEntry> = Vec::new();
    let mut kind = None;
    let mut in_attributes = false;
    for line in text.lines() {
        if line.starts_with("class ") {
            in_attributes = false;
            kind = [
                ("class RefuseReason(", LedgerKind::Refused),
                ("class DropReason(", LedgerKind::Dropped),
                ("class Stats:", LedgerKind::Counter),
            ]
            .into_iter()
            .find_map(|(start, kind)| line.starts_with(start).then_some(kind));
            continue;
        }
        let Some(kind) = kind else { continue };
        let trimmed = line.trim();
        if kind == LedgerKind::Counter {
            if trimmed == "Attributes:" || trimmed == "\"\"\"" {
                in_attributes = trimmed == "Attributes:";
            } else if in_attributes {
                attribute(line, &mut entries);
            }
        } else if let Some((_, value)) = trimmed.split_once(" = \"") {
            entries.push(LedgerEntry {
                kind,
                name: value.trim_end_matches('"').to_owned(),
                meaning: String::new(),
            });
        } else if let (Some(said), Some(last)) = (docstring(trimmed), of_kind(&mut entries, kind)) {
            said.clone_into(&mut last.meaning);
        }
    }
    for entry in &mut entries {
        entry.meaning = entry.meaning.replace("``", "`");
    }
    entries
}

/// `        name: words`, or further words of the one before.
fn attribute(line: &str, entries: &mut Vec<LedgerEntry>) {
    let indent = line.len() - line.trim_start().len();
    match (line.trim().split_once(": "), entries.last_mut()) {
        (Some((name, meaning)), _) if indent == 8 => entries.push(LedgerEntry {
            kind: LedgerKind::Counter,
            name: name.to_owned(),
            meaning: meaning.to_owned(),
        }),
        (_, Some(last)) if indent > 8 => {
            last.meaning.push(' ');
            last.meaning.push_str(line.trim());
        }
        _ => {}
    }
}

/// The last entry, where it is of the class that is read: a class has a docstring too.
fn of_kind(entries: &mut [LedgerEntry], kind: LedgerKind) -> Option<&mut LedgerEntry> {
    entries.last_mut().filter(|entry| entry.kind == kind)
}

/// The words of a docstring of one line.
fn docstring(line: &str) -> Option<&str> {
    line.strip_prefix("\"\"\"")?.strip_suffix("\"\"\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_attributes_are_read_with_their_words() {
        let text = "class RefuseReason(str, Enum):\n    CLOSED = \"closed\"\n    \"\"\"Ended.\"\"\"\n\n\n\
                    class DropReason(str, Enum):\n    \"\"\"Why.\"\"\"\n\n    OUT = \"out_of_window\"\n    \"\"\"Late.\"\"\"\n\n\n\
                    class Stats:\n    \"\"\"\n    Counters.\n\n    Attributes:\n        accepted: By ``write``,\n            all.\n    \"\"\"\n\n    accepted: int = 0\n";

        let read = read(text);

        let shown: Vec<_> = read
            .iter()
            .map(|it| (it.kind, it.name.as_str(), it.meaning.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                (LedgerKind::Refused, "closed", "Ended."),
                (LedgerKind::Dropped, "out_of_window", "Late."),
                (LedgerKind::Counter, "accepted", "By `write`, all."),
            ]
        );
    }
}
