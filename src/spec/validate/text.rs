//! Text that ends up in generated comments, tables and headings stays on one line and is visible.

use crate::diagnostics::is_unprintable;
use crate::spec::node::{Node, Value};
use crate::spec::source::{Problems, Span};

/// What a text may hold, by where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Allowed {
    /// One line of visible characters.
    Line,
    /// Lines of visible characters.
    Prose,
    /// Anything: it is data of a test or a body, never part of a comment.
    Data,
}

/// Reports line breaks where one line is expected, and hidden characters that an escape brought in.
pub fn check(root: &Node, problems: &mut Problems) {
    let Value::Map(sections) = &root.value else {
        return;
    };
    for section in sections {
        match section.key.as_str() {
            "vectors" => check_vectors(&section.value, problems),
            "payload" => check_payload(&section.value, problems),
            "docs" | "resources" => walk(&section.value, &section.key, Allowed::Prose, problems),
            _ => walk(&section.value, &section.key, Allowed::Line, problems),
        }
    }
}

/// What goes over the wire may have line breaks; its keys stand in comments.
fn check_payload(payload: &Node, problems: &mut Problems) {
    let Value::Map(entries) = &payload.value else {
        return;
    };
    for entry in entries {
        let allowed = match entry.key.as_str() {
            "body" | "before" | "record" => Allowed::Prose,
            _ => Allowed::Line,
        };
        walk_shape(&entry.value, allowed, problems);
    }
}

/// As [`walk`], whatever the keys are. Recursion is bounded by the depth of the tree.
fn walk_shape(node: &Node, allowed: Allowed, problems: &mut Problems) {
    match &node.value {
        Value::Text(text) => check_text(text, Some("payload"), allowed, node.span, problems),
        Value::List(items) => items
            .iter()
            .for_each(|item| walk_shape(item, allowed, problems)),
        Value::Map(entries) => {
            for entry in entries {
                check_text(&entry.key, None, Allowed::Line, entry.key_span, problems);
                walk_shape(&entry.value, allowed, problems);
            }
        }
        _ => {}
    }
}

/// Events and bodies are data; what names a test or ends up in an address is not.
fn check_vectors(vectors: &Node, problems: &mut Problems) {
    let Value::Map(sections) = &vectors.value else {
        return;
    };
    for section in sections {
        let Value::List(vectors) = &section.value.value else {
            continue;
        };
        for key in ["name", "limit", "url", "refused"] {
            for entry in vectors.iter().filter_map(|vector| vector.get(key)) {
                walk(&entry.value, key, Allowed::Line, problems);
            }
        }
    }
}

/// Recursion is bounded by the depth of the tree.
fn walk(node: &Node, key: &str, allowed: Allowed, problems: &mut Problems) {
    let allowed = match key {
        // Headings, table cells and what is typed into a console.
        "title" | "symptom" | "permissions" => Allowed::Line,
        _ => allowed,
    };
    match &node.value {
        Value::Text(text) => {
            let body = matches!(
                key,
                "append" | "body" | "item_ok" | "item_rejected" | "item_throttled"
            );
            let allowed = if body { Allowed::Data } else { allowed };
            check_text(text, Some(key), allowed, node.span, problems);
        }
        Value::List(items) => items
            .iter()
            .for_each(|item| walk(item, key, allowed, problems)),
        Value::Map(entries) => {
            for entry in entries {
                check_text(&entry.key, None, Allowed::Line, entry.key_span, problems);
                walk(&entry.value, &entry.key, allowed, problems);
            }
        }
        _ => {}
    }
}

/// `key` is that of the text; a key has none.
fn check_text(
    text: &str,
    key: Option<&str>,
    allowed: Allowed,
    span: Span,
    problems: &mut Problems,
) {
    if allowed == Allowed::Data {
        return;
    }
    if allowed == Allowed::Line && text.contains(['\n', '\t']) {
        let name = key.map_or("a key".to_owned(), |key| format!("`{key}`"));
        let problem = problems.add(span, format!("{name} has a line break or tab"));
        problem.hint("write it on one line; for a long text use `>-`");
        return;
    }
    let hidden = text
        .chars()
        .find(|&c| c != '\n' && c != '\t' && is_unprintable(c));
    if let Some(character) = hidden {
        problems.refuse_character(character, span);
    }
}
