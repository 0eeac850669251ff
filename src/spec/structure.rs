//! Checks a tree against the shape of a spec: unknown and missing keys, wrong types, unknown words.
//!
//! What is wrong is left out of the value that goes on, so that a file with a misspelled key still
//! gets its references and limits checked in the same run.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::diagnostics::Code;

use super::node::{Entry, Node, Value};
use super::other_words;
use super::shape::{Object, Shape};
use super::source::{Problems, Span};
use super::suggest::{closest, closest_hint, hint_for_word};

/// Reports every problem of structure; what it returns has the values that are sound.
pub fn check(node: &Node, shape: &Shape, problems: &mut Problems) -> Option<Json> {
    let mut checker = Checker {
        problems,
        in_config: false,
    };
    checker.value(node, shape, "the file", node.span)
}

struct Checker<'p> {
    problems: &'p mut Problems,
    /// Whether maps are fields of `config`.
    in_config: bool,
}

impl Checker<'_> {
    /// `name` is how messages call the value; `owner` is where a missing key is reported.
    /// Recursion is bounded by the depth of the tree.
    fn value(&mut self, node: &Node, shape: &Shape, name: &str, owner: Span) -> Option<Json> {
        match (shape, &node.value) {
            (_, Value::Refused) => None,
            (Shape::Any, _) | (Shape::Text, Value::Text(_)) | (Shape::Bool, Value::Bool(_)) => {
                Some(node.to_json())
            }
            (Shape::Number, Value::Number(_)) => Some(node.to_json()),
            (Shape::Integer { min, max }, Value::Number(number)) => {
                self.integer(node, number, (*min, *max), name)
            }
            (Shape::Word(words), Value::Text(text)) => self.word(node, text, words, name),
            (Shape::List(item), Value::List(items)) => {
                let name = format!("an item of {name}");
                // All items are looked at before one that is wrong spoils the list.
                let whole: Vec<_> = items
                    .iter()
                    .map(|node| self.value(node, item, &name, node.span))
                    .collect();
                whole
                    .into_iter()
                    .collect::<Option<Vec<_>>>()
                    .map(Json::Array)
            }
            (Shape::Map { keys, value }, Value::Map(entries)) => {
                self.free_map((node, entries), (keys, value), name)
            }
            (Shape::Object(object), Value::Map(entries)) => {
                self.object((node, entries), object, None, name, owner)
            }
            (Shape::Tagged { tag, variants }, Value::Map(_)) => {
                self.tagged(node, tag, variants, name, owner)
            }
            (Shape::Either(shapes), _) if shapes.iter().any(|s| fits(node, s)) => {
                let shape = shapes.iter().find(|s| fits(node, s))?;
                self.value(node, shape, name, owner)
            }
            _ => {
                self.wrong_type(node, shape, name, owner);
                None
            }
        }
    }

    fn integer(
        &mut self,
        node: &Node,
        number: &serde_json::Number,
        (min, max): (i128, i128),
        name: &str,
    ) -> Option<Json> {
        let value = number.as_i128();
        if value.is_some_and(|v| (min..=max).contains(&v)) {
            return Some(node.to_json());
        }
        let message = match value {
            None => format!("{name} is `{number}`, expected a whole number"),
            Some(_) if min == max => format!("{name} is `{number}`, expected {min}"),
            Some(v) if v < min => format!("{name} is `{number}`, at least {min} is expected"),
            Some(_) => format!("{name} is `{number}`, at most {max} is expected"),
        };
        self.problems.add(node.span, message).code(Code::OutOfRange);
        None
    }

    fn word(&mut self, node: &Node, text: &str, words: &[String], name: &str) -> Option<Json> {
        if words.iter().any(|word| word == text) {
            return Some(node.to_json());
        }
        let message = format!("unknown value `{text}` for {name}");
        let hint = other_words::for_word(quoted(name), text);
        self.problems
            .add(node.span, message)
            .code(Code::UnknownWord)
            .hint(hint.unwrap_or_else(|| hint_for_word(text, words)));
        None
    }

    /// One wrong value spoils the map: what refers to it would be reported as broken too.
    fn free_map(
        &mut self,
        (node, entries): (&Node, &[Entry]),
        (keys, value): (&[String], &Shape),
        name: &str,
    ) -> Option<Json> {
        let mut whole = serde_json::Map::new();
        let mut spoiled = false;
        for entry in entries {
            if !keys.is_empty() && !keys.contains(&entry.key) {
                self.unknown_key(entry, keys, name);
                self.problems.mark_broken(node.span);
                continue;
            }
            let quoted = format!("`{}`", entry.key);
            match self.value(&entry.value, value, &quoted, entry.key_span) {
                Some(json) => {
                    whole.insert(entry.key.clone(), json);
                }
                None => spoiled = true,
            }
        }
        (!spoiled).then_some(Json::Object(whole))
    }

    fn object(
        &mut self,
        (node, entries): (&Node, &[Entry]),
        object: &Object,
        tag: Option<&str>,
        name: &str,
        owner: Span,
    ) -> Option<Json> {
        let mut whole = serde_json::Map::new();
        for entry in entries {
            if Some(entry.key.as_str()) == tag {
                whole.insert(entry.key.clone(), entry.value.to_json());
            } else if let Some(json) = self.field(entry, object, name) {
                whole.insert(entry.key.clone(), json);
            }
        }
        let given = |key: &String| entries.iter().any(|entry| entry.key == *key);
        let mut missing: Vec<&String> = object.required.iter().filter(|key| !given(key)).collect();
        if !missing.is_empty() {
            // A misspelled key is one problem: it is not missing as well.
            let known: Vec<&String> = object.fields.iter().map(|(key, _)| key).collect();
            let unknown = entries.iter().filter(|entry| !known.contains(&&entry.key));
            let meant: Vec<&str> = unknown
                .filter_map(|entry| closest(&entry.key, &known))
                .collect();
            missing.retain(|key| !meant.contains(&key.as_str()));
        }
        if !missing.is_empty() {
            self.missing(&missing, name, owner);
        }
        if whole.len() < entries.len() {
            self.problems.mark_broken(node.span);
        }
        let complete = object.required.iter().all(|key| whole.contains_key(key));
        complete.then_some(Json::Object(whole))
    }

    fn field(&mut self, entry: &Entry, object: &Object, name: &str) -> Option<Json> {
        let Some((_, shape)) = object.fields.iter().find(|(key, _)| *key == entry.key) else {
            let known: Vec<&String> = object.fields.iter().map(|(key, _)| key).collect();
            self.unknown_key(entry, &known, name);
            return None;
        };
        let quoted = format!("`{}`", entry.key);
        let before = self.in_config;
        self.in_config |= name == "the file" && entry.key == "config";
        let found = self.value(&entry.value, shape, &quoted, entry.key_span);
        self.in_config = before;
        found
    }

    fn tagged(
        &mut self,
        node: &Node,
        tag: &str,
        variants: &[(String, Object)],
        name: &str,
        owner: Span,
    ) -> Option<Json> {
        let Value::Map(entries) = &node.value else {
            return None;
        };
        let words: Vec<String> = variants.iter().map(|(word, _)| word.clone()).collect();
        let Some(entry) = node.get(tag) else {
            let message = format!("{name} has no `{tag}`");
            self.problems
                .add(owner, message)
                .code(Code::MissingKey)
                .hint(list_of("expected one of", &words));
            return None;
        };
        let Some(word) = entry.value.text() else {
            self.wrong_type(
                &entry.value,
                &Shape::Word(words),
                &format!("`{tag}`"),
                entry.key_span,
            );
            return None;
        };
        let Some((word, object)) = variants.iter().find(|(variant, _)| variant == word) else {
            self.word(&entry.value, word, &words, &format!("`{tag}`"));
            return None;
        };
        let name = format!("{name} of {tag} `{word}`");
        self.object((node, entries), object, Some(tag), &name, owner)
    }

    fn unknown_key<S: AsRef<str>>(&mut self, entry: &Entry, known: &[S], name: &str) {
        let message = format!("unknown key `{}` in {name}", entry.key);
        let other = other_words::for_key(self.section(name), &entry.key, &entry.value);
        let problem = self
            .problems
            .add(entry.key_span, message)
            .code(Code::UnknownKey);
        if let Some(hint) = other {
            problem.hint(hint);
        } else if known.is_empty() {
            problem.hint("no further keys are allowed here");
        } else {
            match closest(&entry.key, known) {
                // `{ text: one, two }` reads as a key `two` without a value.
                None if entry.key.contains(' ') && matches!(entry.value.value, Value::Null) => {
                    problem.hint("put text that contains `, ` in quotes");
                }
                _ => problem.hint(closest_hint(&entry.key, known, "known keys are")),
            }
        }
    }

    /// The section that a map is looked for in: its own name, or `config` where the name is free.
    fn section<'n>(&self, name: &'n str) -> &'n str {
        match quoted(name) {
            _ if self.in_config => "config",
            name => name,
        }
    }

    fn missing(&mut self, keys: &[&String], name: &str, owner: Span) {
        let quoted: Vec<String> = keys.iter().map(|key| format!("`{key}`")).collect();
        let message = format!("{name} has no {}", quoted.join(", no "));
        self.problems.add(owner, message).code(Code::MissingKey);
    }

    fn wrong_type(&mut self, node: &Node, shape: &Shape, name: &str, owner: Span) {
        let mut message = format!("{name} is {}", node.kind());
        if let Some(text) = short_literal(node) {
            let _ = write!(message, " `{text}`");
        }
        let _ = write!(message, ", expected {}", expected(shape));
        // Nothing has no place of its own.
        let nothing = matches!(node.value, Value::Null);
        let span = if nothing { owner } else { node.span };
        let problem = self.problems.add(span, message);
        match (&node.value, shape) {
            (Value::Null, _) if name.starts_with("an item of") && CODES.contains(&quoted(name)) => {
                problem.hint("a code that is missing or null is `absent`");
            }
            (Value::Null, _) => problem.hint("give a value or leave the key out"),
            (Value::Number(_) | Value::Bool(_), Shape::Text) => problem.hint("put it in quotes"),
            (Value::Text(text), Shape::Number | Shape::Integer { .. }) => {
                problem.hint(number_hint(text));
            }
            (Value::Text(_), Shape::Bool) => {
                problem.hint("write `true` or `false`, in lower case and without quotes");
            }
            (Value::Text(text), Shape::List(_)) => problem.hint(list_hint(quoted(name), text)),
            (Value::Number(number), Shape::List(_)) => {
                problem.hint(format!("write it as a list: `[{number}]`"));
            }
            (Value::Map(_), Shape::List(_)) => problem.hint("start every item with `- `"),
            _ => {}
        }
    }
}

/// Lists of words and numbers of the vendor's and of this language: no text of a user's stands in them.
const WORDS: [&str; 8] = [
    "env",
    "status",
    "code",
    "text",
    "delivered",
    "retryable",
    "healthy",
    "offered",
];

/// What to write for a text in the place of a list. A text is only repeated where it is no secret.
fn list_hint(key: &str, text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_/.".contains(c);
    let class = text.chars().next().filter(|c| ('1'..='5').contains(c));
    match (key, class) {
        ("auth", _) if text == "none" => "write it as a list: `[{ scheme: none }]`".to_owned(),
        ("auth", _) => {
            "write a list of ways: `[{ scheme: header, name: X-Api-Key, secret: api_key }]`"
                .to_owned()
        }
        ("status" | "healthy", Some(class)) if text.to_ascii_lowercase().ends_with("xx") => {
            format!("write it as a list: `[\"{class}00-{class}99\"]`")
        }
        (key, _) if WORDS.contains(&key) && !text.is_empty() && text.chars().all(is_plain) => {
            let first = text.starts_with(|c: char| c.is_ascii_digit());
            let quote = if first { "\"" } else { "" };
            format!("write it as a list: `[{quote}{text}{quote}]`")
        }
        _ => "write it as a list: `[a, b]`".to_owned(),
    }
}

/// What to write for a text in the place of a number: without its unit of bytes.
fn number_hint(text: &str) -> String {
    let split = text.find(|c: char| !c.is_ascii_digit());
    let (digits, unit) = text.split_at(split.unwrap_or(text.len()));
    let power = match unit.trim().to_ascii_lowercase().as_str() {
        "k" | "kb" => Some((1_000, 1_024)),
        "m" | "mb" => Some((1_000_000, 1_048_576)),
        "kib" => Some((1_024, 1_024)),
        "mib" => Some((1_048_576, 1_048_576)),
        _ => None,
    };
    let number = digits.parse::<u32>().ok().map(u64::from);
    match (number, power) {
        (Some(number), Some((decimal, binary))) if decimal == binary => {
            format!("write `{}`", number * binary)
        }
        (Some(number), Some((decimal, binary))) => format!(
            "write `{}`, or `{}` where the vendor counts in 1,024",
            number * decimal,
            number * binary
        ),
        _ => "write a number without quotes and unit, such as `1000000`".to_owned(),
    }
}

/// Lists of codes.
const CODES: [&str; 3] = ["code", "delivered", "retryable"];

/// The first name in quotes.
fn quoted(name: &str) -> &str {
    name.split('`').nth(1).unwrap_or_default()
}

fn fits(node: &Node, shape: &Shape) -> bool {
    match shape {
        Shape::Any => true,
        Shape::Text | Shape::Word(_) => matches!(node.value, Value::Text(_)),
        Shape::Bool => matches!(node.value, Value::Bool(_)),
        Shape::Integer { .. } | Shape::Number => matches!(node.value, Value::Number(_)),
        Shape::List(_) => matches!(node.value, Value::List(_)),
        Shape::Map { .. } | Shape::Object(_) | Shape::Tagged { .. } => {
            matches!(node.value, Value::Map(_))
        }
        Shape::Either(shapes) => shapes.iter().any(|shape| fits(node, shape)),
    }
}

/// What a shape accepts, in words.
fn expected(shape: &Shape) -> String {
    match shape {
        Shape::Any => "any value".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Integer { .. } => "a whole number".to_owned(),
        Shape::Number => "a number".to_owned(),
        Shape::Word(words) => list_of("one of", words),
        Shape::List(_) => "a list".to_owned(),
        Shape::Map { .. } | Shape::Object(_) | Shape::Tagged { .. } => "a map".to_owned(),
        Shape::Either(shapes) => {
            let kinds: Vec<String> = shapes.iter().map(expected).collect();
            kinds.join(" or ")
        }
    }
}

fn list_of(lead: &str, words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    format!("{lead} {}", quoted.join(", "))
}

/// A scalar short enough to repeat in a message. Text is not repeated: it could be a secret.
fn short_literal(node: &Node) -> Option<String> {
    match &node.value {
        Value::Bool(value) => Some(value.to_string()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
