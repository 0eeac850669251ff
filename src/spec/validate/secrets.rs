//! Literal secrets: found before anything else looks at the file, refused, and kept out of every
//! message and excerpt.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::spec::node::{Entry, Node, Value};
use crate::spec::source::{Problems, Span};

/// How an example value of a secret starts, so that nobody mistakes it for a real one.
const EXAMPLE: &str = "example-";

/// How keys of well-known services start, and the least length of the whole.
const KEY_SHAPES: [(&str, usize); 21] = [
    ("AKIA", 20),
    ("ASIA", 20),
    ("AIza", 35),
    ("SG.", 40),
    ("NRAK-", 30),
    ("dop_v1_", 40),
    ("eyJhbGciOi", 40),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghs_", 30),
    ("github_pat_", 40),
    ("glc_", 30),
    ("glpat-", 20),
    ("glsa_", 30),
    ("hcaik_", 30),
    ("npm_", 36),
    ("pypi-", 40),
    ("sk_live_", 20),
    ("sk-ant-", 30),
    ("xoxb-", 24),
    ("xoxp-", 24),
];

/// Characters of the shortest of them.
const SHORTEST_KEY: usize = 20;

/// Reports and conceals every literal secret.
pub fn check(root: &Node, problems: &mut Problems) {
    let mut finder = Finder { problems };
    finder.key_shapes(root);
    let fields = finder.config(root);
    if let Some(endpoint) = root.get("endpoint") {
        finder.constants(&endpoint.value, "headers");
        finder.constants(&endpoint.value, "query");
    }
    finder.vectors(root, &fields);
}

struct Finder<'p> {
    problems: &'p mut Problems,
}

impl Finder<'_> {
    fn refuse(&mut self, span: Span, message: String, hint: &str) {
        self.problems.conceal(span);
        self.problems.add(span, message).hint(hint);
    }

    /// Recursion is bounded by the depth of the tree.
    fn key_shapes(&mut self, node: &Node) {
        match &node.value {
            Value::Text(text) if has_key_shape(text) => self.refuse(
                node.span,
                "this looks like a real key".to_owned(),
                "remove it and revoke it; examples contain the word `example`",
            ),
            // Refused where an address is expected; here it is only kept out of sight.
            Value::Text(text) if has_user_information(text) => self.problems.conceal(node.span),
            Value::List(items) => items.iter().for_each(|item| self.key_shapes(item)),
            Value::Map(entries) => entries
                .iter()
                .for_each(|entry| self.key_shapes(&entry.value)),
            _ => {}
        }
    }

    /// Returns the names of the secret settings.
    fn config<'n>(&mut self, root: &'n Node) -> Vec<&'n str> {
        let fields = entries(root, "config").iter();
        let secret = |entry: &&Entry| {
            let kind = entry.value.get("type").and_then(|kind| kind.value.text());
            matches!(kind, Some("secret" | "secret_url" | "secret_map"))
        };
        let mut names = Vec::new();
        for field in fields.filter(secret) {
            names.push(field.key.as_str());
            if let Some(default) = field.value.get("default") {
                let message = format!("the secret `{}` has a default", field.key);
                let hint = "a secret comes from the environment, a file or code: remove it";
                self.refuse(default.value.span, message, hint);
            }
            if let Some(example) = field.value.get("example") {
                self.example(&field.key, &example.value);
            }
        }
        names
    }

    fn example(&mut self, name: &str, node: &Node) {
        if let Value::Map(entries) = &node.value {
            for entry in entries {
                self.example(name, &entry.value);
            }
            return;
        }
        // An address cannot start so; it holds the word.
        let is_example = |text: &str| {
            text.starts_with(EXAMPLE) || text.contains("://") && text.contains("example")
        };
        if !node.text().is_some_and(is_example) {
            let message =
                format!("the value of the secret `{name}` does not start with `{EXAMPLE}`");
            let hint = format!("write `{EXAMPLE}{}`", name.replace('_', "-"));
            self.refuse(node.span, message, &hint);
        }
    }

    /// Constant headers and parameters whose name says that the value is a secret.
    fn constants(&mut self, endpoint: &Node, section: &str) {
        for entry in entries(endpoint, section) {
            let Some(text) = entry.value.text() else {
                continue;
            };
            if names_secret(&entry.key) && !text.is_empty() && !text.contains('{') {
                let message = format!("`{}` has a literal value", entry.key);
                let hint = "declare a `secret` config field and attach it with `auth`";
                self.refuse(entry.value.span, message, hint);
            }
        }
    }

    fn vectors(&mut self, root: &Node, secrets: &[&str]) {
        let Some(vectors) = root.get("vectors") else {
            return;
        };
        let list = |key| match vectors.value.get(key).map(|entry| &entry.value.value) {
            Some(Value::List(vectors)) => vectors.as_slice(),
            _ => &[],
        };
        for request in list("requests").iter().chain(list("settings")) {
            for entry in entries(request, "config") {
                if secrets.contains(&entry.key.as_str()) {
                    self.example(&entry.key, &entry.value);
                }
            }
            for entry in entries(request, "headers") {
                let text = entry.value.text().unwrap_or_default();
                if names_secret(&entry.key) && !is_example_header(text) {
                    let message = format!("the header `{}` holds no example value", entry.key);
                    let hint = "use the secret that the vector's `config` gives";
                    self.refuse(entry.value.span, message, hint);
                }
            }
        }
    }
}

fn entries<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    match node.get(key).map(|entry| &entry.value.value) {
        Some(Value::Map(entries)) => entries,
        _ => &[],
    }
}

/// Whether a header or parameter is named like something that carries a secret.
fn names_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words.into_iter().any(|word| {
        word == "key"
            || [
                "apikey",
                "accesskey",
                "licensekey",
                "token",
                "secret",
                "password",
                "authorization",
            ]
            .iter()
            .any(|secret| word.ends_with(secret))
    })
}

/// `Basic` credentials are looked at decoded.
fn is_example_header(text: &str) -> bool {
    let basic = text
        .strip_prefix("Basic ")
        .and_then(|rest| BASE64_STANDARD.decode(rest).ok());
    let decoded = basic.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    decoded.as_deref().unwrap_or(text).contains("example")
}

/// Whether it is a URL with a name or password before the host.
fn has_user_information(text: &str) -> bool {
    let authority = text
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    authority.is_some_and(|authority| authority.contains('@'))
}

fn has_key_shape(text: &str) -> bool {
    let ends = |c: char| c.is_whitespace() || "\"'`,;:=()[]{}<>".contains(c);
    let looks_real = |word: &str| {
        let shape =
            |(start, length): &(&str, usize)| word.starts_with(start) && word.len() >= *length;
        KEY_SHAPES.iter().any(shape) && !word.to_ascii_lowercase().contains("example")
    };
    // No key is shorter, and most texts are.
    if text.len() < SHORTEST_KEY {
        return false;
    }
    let mut long_words = text.split(ends).filter(|word| word.len() >= SHORTEST_KEY);
    long_words.any(looks_real) || text.contains("-----BEGIN ") && text.contains("PRIVATE KEY")
}
