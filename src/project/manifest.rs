//! What the tool added to a person's manifest: to remember it, and to take it back.
//!
//! Knows TOML and no language. An addition is a line: `dependencies.bytes = "1"` for an entry,
//! `project.dependencies += "fapilog>=0.18.0"` for an item of a list. What a person edited since is no
//! longer equal to its line, and stays. `dependencies was empty` says that the table or list was there
//! before anything was in it.

mod change;

use std::collections::BTreeSet;

pub use change::{grow, refuse_read_only, shrink};

use toml_edit::{Array, DocumentMut, Item, Key, Table, TableLike, Value};

/// What stands behind the name of a table or list that is a person's, though all in it is ours.
const WAS_EMPTY: &str = " was empty";

/// Additions as a lock keeps them.
pub type Additions = BTreeSet<String>;

/// What `after` has and `before` has not.
#[must_use]
pub fn additions(before: &str, after: &str) -> Additions {
    let mut found = Additions::new();
    if let (Some(before), Some(after)) = (parsed(before), parsed(after)) {
        compare(&[], before.as_table(), after.as_table(), &mut found);
    }
    found
}

/// All that is in a manifest, as if it had been added.
#[must_use]
pub fn all(text: &str) -> Additions {
    additions("", text)
}

/// A manifest without some additions.
#[derive(Debug)]
pub struct Without {
    /// Its text.
    pub text: String,
    /// Those that were taken out.
    pub taken: Vec<String>,
    /// Those that a person edited.
    pub left: Vec<String>,
}

/// Takes additions out of a manifest, as far as they are as they were added.
#[must_use]
pub fn without(text: &str, additions: &Additions) -> Without {
    let mut result = Without {
        text: text.to_owned(),
        taken: Vec::new(),
        left: Vec::new(),
    };
    let Some(mut document) = parsed(text) else {
        result.left.extend(additions.iter().cloned());
        return result;
    };
    // A person's tables and lists stay when they are empty again.
    let (empty, additions): (Vec<_>, Vec<_>) =
        additions.iter().partition(|it| it.ends_with(WAS_EMPTY));
    let stays = |path: &str| {
        empty
            .iter()
            .any(|it| it.strip_suffix(WAS_EMPTY) == Some(path))
    };
    // Items of lists before the entries they are in.
    let (items, entries): (Vec<_>, Vec<_>) =
        additions.into_iter().partition(|it| it.contains(" += "));
    for addition in items.into_iter().chain(entries) {
        match take(document.as_table_mut(), addition, &stays) {
            Taken::Yes => result.taken.push(addition.clone()),
            Taken::Edited => result.left.push(addition.clone()),
            Taken::Absent => {}
        }
    }
    if !result.taken.is_empty() {
        result.text = document.to_string();
    }
    result
}

fn parsed(text: &str) -> Option<DocumentMut> {
    text.parse().ok()
}

fn compare(path: &[&str], before: &dyn TableLike, after: &dyn TableLike, found: &mut Additions) {
    for (name, new) in after.iter() {
        let path = [path, &[name]].concat();
        let old = before.get(name);
        if old.is_some_and(is_empty) && !is_empty(new) {
            found.insert(format!("{}{WAS_EMPTY}", dotted(&path)));
        }
        if let Some(list) = new.as_array().filter(|list| list.iter().all(Value::is_str)) {
            let old = old.and_then(Item::as_array);
            let has =
                |text: &str| old.is_some_and(|old| old.iter().any(|it| it.as_str() == Some(text)));
            let items = list
                .iter()
                .filter_map(Value::as_str)
                .filter(|text| !has(text));
            found.extend(items.map(|text| format!("{} += {}", dotted(&path), Value::from(text))));
            continue;
        }
        match (old, new.as_table_like()) {
            // A version that became a table, for the features that were added to it.
            (Some(old), Some(new)) if old.is_str() => compare(&path, &versioned(old), new, found),
            (Some(old), Some(new)) => {
                let nothing = Table::new();
                let old = old.as_table_like().unwrap_or(&nothing);
                compare(&path, old, new, found);
            }
            (None, Some(new)) if !is_value(after.get(name)) => {
                compare(&path, &Table::new(), new, found);
            }
            (None, _) => {
                found.insert(format!("{} = {}", dotted(&path), shown(new)));
            }
            (Some(_), None) => {}
        }
    }
}

/// Whether it is a table or a list with nothing in it.
fn is_empty(item: &Item) -> bool {
    let list = item.as_array().map(Array::is_empty);
    list.or_else(|| item.as_table_like().map(TableLike::is_empty)) == Some(true)
}

fn is_value(item: Option<&Item>) -> bool {
    item.is_some_and(Item::is_value)
}

fn versioned(version: &Item) -> Table {
    let mut table = Table::new();
    table.insert("version", version.clone());
    table
}

fn dotted(path: &[&str]) -> String {
    let keys: Vec<_> = path
        .iter()
        .map(|name| Key::new(*name).to_string())
        .collect();
    keys.join(".")
}

/// A value without what stands around it.
fn shown(item: &Item) -> String {
    match item {
        Item::Value(value) => value.to_string().trim().to_owned(),
        Item::ArrayOfTables(_) => "[[]]".to_owned(),
        other => other.to_string().trim().to_owned(),
    }
}

enum Taken {
    Yes,
    Edited,
    Absent,
}

fn take(document: &mut Table, addition: &str, stays: &dyn Fn(&str) -> bool) -> Taken {
    let (path, value, is_item) = match addition.split_once(" += ") {
        Some((path, value)) => (path, value, true),
        None => match addition.split_once(" = ") {
            Some((path, value)) => (path, value, false),
            None => return Taken::Absent,
        },
    };
    let Ok(keys) = Key::parse(path) else {
        return Taken::Absent;
    };
    let names: Vec<&str> = keys.iter().map(Key::get).collect();
    let taken = Taking {
        names: &names,
        value,
        is_item,
        stays,
    };
    taken.at(document, 0)
}

/// An addition on its way out.
struct Taking<'a> {
    names: &'a [&'a str],
    value: &'a str,
    is_item: bool,
    /// Whether what is called so is a person's, also when nothing is in it.
    stays: &'a dyn Fn(&str) -> bool,
}

impl Taking<'_> {
    fn at(&self, table: &mut dyn TableLike, depth: usize) -> Taken {
        let Some(&name) = self.names.get(depth) else {
            return Taken::Absent;
        };
        let Some(item) = table.get_mut(name) else {
            return Taken::Absent;
        };
        let (taken, is_empty) = if depth + 1 < self.names.len() {
            let Some(inner) = item.as_table_like_mut() else {
                return Taken::Edited;
            };
            let taken = self.at(inner, depth + 1);
            let is_empty = inner.is_empty();
            if matches!(taken, Taken::Yes) {
                shorten(item);
            }
            (taken, is_empty)
        } else if self.is_item {
            let Some(list) = item.as_array_mut() else {
                return Taken::Edited;
            };
            (take_item(list, self.value), list.is_empty())
        } else if shown(item) == self.value {
            (Taken::Yes, true)
        } else {
            (Taken::Edited, false)
        };
        let is_ours = || !(self.stays)(&dotted(&self.names[..=depth]));
        if is_empty && matches!(taken, Taken::Yes) && is_ours() {
            table.remove(name);
        }
        taken
    }
}

fn take_item(list: &mut Array, value: &str) -> Taken {
    let wanted = value.parse::<Value>().ok();
    let wanted = wanted.as_ref().and_then(Value::as_str);
    let found = list
        .iter()
        .position(|item| item.as_str() == wanted && wanted.is_some());
    match found {
        Some(index) => {
            let removed = list.remove(index);
            let prefix = removed.decor().prefix().and_then(|it| it.as_str());
            let prefix = prefix.unwrap_or_default();
            // A comment behind the item before it stays there.
            let comment = prefix.rfind('\n').map_or("", |at| &prefix[..at]);
            let comment = if comment.contains('#') { comment } else { "" };
            if let Some(next) = list.get_mut(index) {
                let own = next.decor().prefix().and_then(|it| it.as_str());
                let own = own.unwrap_or_default();
                // The layout of the first item is that of the list.
                let own = if index == 0 && own == " " { "" } else { own };
                let prefix = format!("{comment}{own}");
                next.decor_mut().set_prefix(prefix);
            } else {
                let trailing = list.trailing().as_str().unwrap_or_default();
                let trailing = format!("{comment}{trailing}");
                list.set_trailing(trailing);
            }
            Taken::Yes
        }
        None => Taken::Absent,
    }
}

/// `{ version = "1" }` was a mere version before it got features.
fn shorten(item: &mut Item) {
    let Some(table) = item.as_inline_table() else {
        return;
    };
    let version = table.get("version").filter(|_| table.len() == 1);
    if let Some(version) = version.and_then(Value::as_str).map(str::to_owned) {
        let mut value = Value::from(version);
        if let Some(old) = item.as_value() {
            *value.decor_mut() = old.decor().clone();
        }
        *item = Item::Value(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: &str = r#"# mine
[package]
name = "shop"

[dependencies]
serde = "1"  # always
tokio = { version = "1", features = ["net"] }

[project]
dependencies = ["a>=1"]
"#;

    const AFTER: &str = r#"# mine
[package]
name = "shop"

[dependencies]
bytes = "1"
reqwest = { version = "0.13", features = ["http2"] }
serde = { version = "1", features = ["derive"] }  # always
tokio = { version = "1", features = ["net", "fs"] }

[project]
dependencies = ["a>=1", "fapilog>=0.18.0"]

[project.entry-points."fapilog.sinks"]
loki = "shop.sinks:LokiSink"
"#;

    #[test]
    fn additions_are_lines_that_a_person_can_read() {
        let expected = [
            "dependencies.bytes = \"1\"",
            "dependencies.reqwest = { version = \"0.13\", features = [\"http2\"] }",
            "dependencies.serde.features += \"derive\"",
            "dependencies.tokio.features += \"fs\"",
            "project.dependencies += \"fapilog>=0.18.0\"",
            "project.entry-points.\"fapilog.sinks\".loki = \"shop.sinks:LokiSink\"",
        ];

        assert_eq!(
            expected,
            *additions(BEFORE, AFTER).into_iter().collect::<Vec<_>>()
        );
        assert!(additions(AFTER, AFTER).is_empty());
    }

    #[test]
    fn what_was_added_can_be_taken_back_to_the_byte() {
        let added = additions(BEFORE, AFTER);

        let without = without(AFTER, &added);

        assert_eq!(BEFORE, without.text);
        assert!(without.left.is_empty());
        assert_eq!(added.len(), without.taken.len());
    }

    #[test]
    fn what_was_there_and_empty_is_so_again() {
        let before =
            "[package]\nname = \"shop\"\n\n[dependencies]\n\n[project]\ndependencies = []\n";
        let after = "[package]\nname = \"shop\"\n\n[dependencies]\nbytes = \"1\"\n\n[project]\ndependencies = [\"a\"]\n";

        let added = additions(before, after);
        let without = without(after, &added);

        assert!(added.contains("dependencies was empty"), "{added:?}");
        assert_eq!(before, without.text);
        assert_eq!(2, without.taken.len(), "{:?}", without.taken);
    }

    #[test]
    fn what_a_person_edited_or_removed_stays_so() {
        let added = additions(BEFORE, AFTER);
        let edited = AFTER
            .replace("\"0.13\"", "\"0.13.2\"")
            .replace("bytes = \"1\"\n", "")
            .replace("LokiSink\"", "MyLokiSink\"");

        let without = without(&edited, &added);

        assert_eq!(2, without.left.len(), "{:?}", without.left);
        assert!(without.text.contains("0.13.2"));
        assert!(without.text.contains("MyLokiSink"));
        assert!(!without.text.contains("derive"));
    }
}
