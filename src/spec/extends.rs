//! `extends`: a spec that starts from another one.
//!
//! The base's tree is merged under the file's own before anything is checked. What comes from the base
//! stands, for messages, where the file says `extends`.

use std::path::{Path, PathBuf};

use super::load::{MAX_FILE_BYTES, Whole};
use super::node::{Entry, Node, Value};
use super::parse;
use super::source::{Problems, Source, Span};
use super::suggest::closest_hint;
use crate::assets::Assets;
use crate::diagnostics::Code;
use crate::files::read_regular;

/// Bases of bases.
const MAX_BASES: usize = 8;

/// Sections that are a spec's own.
const OWN: [&str; 6] = ["id", "title", "summary", "docs_url", "names", "extends"];

/// Merges the bases of a file under it; the file itself where it has none.
pub fn resolve(root: Node, source: &Source, assets: &Assets, problems: &mut Problems) -> Node {
    let mut seen = vec![PathBuf::from(&source.origin)];
    merge_bases(root, source, assets, problems, &mut seen)
}

/// Where a file says what it extends: the place of everything that comes from there.
pub fn span_of(root: &Node) -> Option<Span> {
    root.get("extends").map(|entry| entry.value.span)
}

/// A spec with its bases as one text, of a file whose bases are merged under it; nothing of one that has
/// none. JSON is YAML too.
pub fn whole(root: &Node) -> Option<Whole> {
    let base = root.get("extends")?.value.text()?;
    let mut value = root.to_json();
    value.as_object_mut()?.shift_remove("extends");
    Some(Whole {
        text: format!("{value:#}\n"),
        of_a_file: is_path(base),
    })
}

/// Whether what a spec extends is a file; else it is a built-in spec.
fn is_path(name: &str) -> bool {
    let is_yaml = Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "yaml");
    name.contains(['/', '\\']) || is_yaml
}

/// Recursion is bounded by [`MAX_BASES`].
fn merge_bases(
    root: Node,
    source: &Source,
    assets: &Assets,
    problems: &mut Problems,
    seen: &mut Vec<PathBuf>,
) -> Node {
    let Some(entry) = root.get("extends") else {
        return root;
    };
    let Some(name) = entry.value.text() else {
        // A wrong type is the structure check's.
        return root;
    };
    let span = entry.value.span;
    let Some((origin, text)) = find(name, span, source, assets, problems) else {
        return root;
    };
    if seen.contains(&PathBuf::from(&origin)) || seen.len() > MAX_BASES {
        let message =
            format!("`{name}` leads back to this file, or through more than {MAX_BASES} files");
        problems.add(span, message);
        return root;
    }
    seen.push(PathBuf::from(&origin));
    let base = Source::new(&origin, &text);
    let mut found = Problems::about(Code::Yaml);
    let Some(tree) = parse::parse(&base, &mut found).filter(|_| found.is_empty()) else {
        let first = found.into_diagnostics(&base).into_iter().next();
        let what = first.map_or_else(String::new, |one| {
            format!("{}:{}: {}", one.line, one.column, one.message)
        });
        problems.add(span, format!("`{name}` cannot be read: {origin}:{what}"));
        return root;
    };
    let tree = merge_bases(tree, &base, assets, problems, seen);
    merged(placed(tree, span), root)
}

fn find(
    name: &str,
    span: Span,
    source: &Source,
    assets: &Assets,
    problems: &mut Problems,
) -> Option<(String, String)> {
    let (origin, bytes) = if is_path(name) {
        let folder = Path::new(&source.origin).parent().unwrap_or(Path::new(""));
        let path = folder.join(name);
        let origin = path.display().to_string();
        match read_regular(&path, MAX_FILE_BYTES) {
            Ok(bytes) => (origin, bytes),
            Err(error) => {
                problems
                    .add(span, format!("`{name}` cannot be read: {error}"))
                    .hint("a path is looked for beside this file; a built-in provider is named by its id");
                return None;
            }
        }
    } else if let Some((origin, bytes)) = built_in(name, span, assets, problems)? {
        (origin, bytes)
    } else {
        let known = assets.provider_ids();
        let mut hint = closest_hint(name, &known, "providers are");
        hint += if hint.ends_with('?') { " a" } else { "; a" };
        hint += " file is named by its path, such as `./base.yaml`";
        problems
            .add(span, format!("no built-in provider `{name}`"))
            .hint(hint);
        return None;
    };
    match String::from_utf8(bytes) {
        Ok(text) if text.len() <= MAX_FILE_BYTES => Some((origin, text)),
        _ => {
            problems.add(
                span,
                format!("`{name}` is not a spec: not UTF-8, or larger than {MAX_FILE_BYTES} bytes"),
            );
            None
        }
    }
}

/// A built-in spec; nothing where there is none, and no answer where it cannot be read.
#[expect(clippy::option_option, reason = "none there is not none readable")]
fn built_in(
    name: &str,
    span: Span,
    assets: &Assets,
    problems: &mut Problems,
) -> Option<Option<(String, Vec<u8>)>> {
    match assets.provider(name) {
        Ok(found) => Some(found.map(|(origin, bytes)| (origin, bytes.into_owned()))),
        Err(error) => {
            problems.add(span, format!("`{name}` cannot be read: {error}"));
            None
        }
    }
}

/// The same tree, everything in it at one place. Recursion is bounded by the depth of a file.
fn placed(node: Node, span: Span) -> Node {
    let value = match node.value {
        Value::List(items) => {
            Value::List(items.into_iter().map(|item| placed(item, span)).collect())
        }
        Value::Map(entries) => {
            let entries = entries.into_iter().map(|entry| Entry {
                key: entry.key,
                key_span: span,
                value: placed(entry.value, span),
            });
            Value::Map(entries.collect())
        }
        value => value,
    };
    Node { span, value }
}

/// The file's root over its base's.
fn merged(base: Node, root: Node) -> Node {
    let Value::Map(mut entries) = base.value else {
        return root;
    };
    entries.retain(|entry| !OWN.contains(&entry.key.as_str()));
    let docs = entries.iter_mut().find(|entry| entry.key == "docs");
    if let Some(Value::Map(docs)) = docs.map(|entry| &mut entry.value.value) {
        // What the base was checked with says nothing of another backend.
        docs.retain(|entry| entry.key != "checked");
    }
    let base = Node {
        span: base.span,
        value: Value::Map(entries),
    };
    over(base, root)
}

/// Maps key by key, anything else as a whole; `null` removes. Recursion is bounded by the depth of a
/// file.
fn over(base: Node, own: Node) -> Node {
    match (base.value, own.value) {
        (Value::Map(mut entries), Value::Map(changes)) if is_open(&entries, &changes) => {
            for change in changes {
                let at = entries.iter().position(|entry| entry.key == change.key);
                match (at, &change.value.value) {
                    (Some(at), Value::Null) => {
                        entries.remove(at);
                    }
                    (Some(at), _) => {
                        let entry = entries.remove(at);
                        let value = over(entry.value, change.value);
                        entries.insert(at, Entry { value, ..change });
                    }
                    (None, _) => entries.push(change),
                }
            }
            Node {
                span: own.span,
                value: Value::Map(entries),
            }
        }
        (_, value) => Node {
            span: own.span,
            value,
        },
    }
}

/// Keys that make a map one value, which is replaced as a whole.
const VALUES: [&str; 3] = ["from", "rest", "records"];

/// Keys one of which says how items are told apart.
const ITEMS: [&str; 3] = ["list", "failed", "map"];

/// Whether two maps are merged.
fn is_open(base: &[Entry], own: &[Entry]) -> bool {
    let has = |entries: &[Entry], key: &str| {
        let is_plain = |value: &Value| matches!(value, Value::Text(_) | Value::List(_));
        entries
            .iter()
            .any(|entry| entry.key == key && is_plain(&entry.value.value))
    };
    if VALUES.iter().any(|key| has(base, key) || has(own, key)) {
        return false;
    }
    let tells_items = ITEMS.iter().any(|key| has(base, key));
    let tells_others = ITEMS.iter().any(|key| has(own, key) && !has(base, key));
    !tells_items || !tells_others
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tree(text: &str) -> Node {
        let mut problems = Problems::about(Code::Yaml);
        let tree = parse::parse(&Source::new("spec.yaml", text), &mut problems);
        tree.expect("YAML")
    }

    fn over_base(base: &str, own: &str) -> serde_json::Value {
        over(tree(base), tree(own)).to_json()
    }

    #[test]
    fn maps_are_merged_and_null_removes() {
        let merged = over_base(
            "{ a: { b: 1, c: [1, 2] }, d: 4, e: 5 }",
            "{ a: { c: [3] }, d: null, f: 6 }",
        );

        assert_eq!(merged, json!({"a": {"b": 1, "c": [3]}, "e": 5, "f": 6}));
    }

    #[test]
    fn a_source_is_one_value() {
        let base = "{ time: { from: timestamp, as: unix_ms }, fields: { a: 1 } }";

        let merged = over_base(base, "{ time: { from: message }, fields: { rest: data } }");

        assert_eq!(
            merged,
            json!({"time": {"from": "message"}, "fields": {"rest": "data"}})
        );
    }

    #[test]
    fn items_of_another_form_replace_the_others() {
        let base = "{ list: /items, status: /status }";

        let merged = over_base(base, "{ map: /errors, code: /code }");

        assert_eq!(merged, json!({"map": "/errors", "code": "/code"}));
        let merged = over_base(base, "{ status: /state }");
        assert_eq!(merged, json!({"list": "/items", "status": "/state"}));
    }

    #[test]
    fn a_spec_that_extends_itself_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "spec_version: 1\nextends: ./b.yaml\n").expect("written");
        std::fs::write(folder.path().join("b.yaml"), "extends: ./a.yaml\n").expect("written");

        let problems = crate::spec::load_file(&path).expect_err("a circle");

        assert!(
            problems.to_string().contains("leads back to this file"),
            "{problems}"
        );
    }
}
