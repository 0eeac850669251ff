//! The counters and reasons of the Rust runtime, read from its documentation comments.

use crate::languages::{LedgerEntry, LedgerKind};

/// The file that defines them.
pub const ASSET: &str = "rust/cloud_sink_base/accounts.rs";

/// Reads them: fields of `Stats`, variants of the two reasons.
pub fn read(text: &str) -> Vec<LedgerEntry> {
    let mut entries = Vec::new();
    let mut kind = None;
    let mut said: Vec<&str> = Vec::new();
    for line in text.lines() {
        match line {
            "pub struct Stats {" => kind = Some(LedgerKind::Counter),
            "pub enum RefuseReason {" => kind = Some(LedgerKind::Refused),
            "pub enum DropReason {" => kind = Some(LedgerKind::Dropped),
            "}" => kind = None,
            _ => {
                if let Some(words) = line.strip_prefix("    /// ") {
                    said.push(words);
                    continue;
                }
                let name = name(line);
                if let (Some(kind), Some(name)) = (kind, name) {
                    let meaning = said.join(" ");
                    entries.push(LedgerEntry {
                        kind,
                        name,
                        meaning,
                    });
                }
            }
        }
        said.clear();
    }
    entries
}

/// `    pub name: u64,` or `    TheName,`, as reports write it.
fn name(line: &str) -> Option<String> {
    let line = line.strip_prefix("    ")?.strip_suffix(',')?;
    if let Some(field) = line.strip_prefix("pub ") {
        return field.split(':').next().map(str::to_owned);
    }
    line.chars().all(char::is_alphanumeric).then(|| snake(line))
}

/// `OutOfWindow` as `out_of_window`.
fn snake(variant: &str) -> String {
    let mut out = String::new();
    for character in variant.chars() {
        if character.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(character.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_and_variants_are_read_with_their_words() {
        let text = "pub struct Stats {\n    /// One\n    /// thing.\n    pub accepted: u64,\n}\n\n\
                    pub enum DropReason {\n    /// Late.\n    OutOfWindow,\n}\n\nimpl Stats {\n    Other,\n}\n";

        let read = read(text);

        let entry = |kind, name: &str, meaning: &str| LedgerEntry {
            kind,
            name: name.to_owned(),
            meaning: meaning.to_owned(),
        };
        assert_eq!(
            read,
            [
                entry(LedgerKind::Counter, "accepted", "One thing."),
                entry(LedgerKind::Dropped, "out_of_window", "Late."),
            ]
        );
    }
}
