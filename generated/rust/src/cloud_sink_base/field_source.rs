//! Where settings come from: a map, then environment variables.

use std::path::Path;

use serde_json::{Map, Value};

use super::field_values::{pairs, scalar_text};

/// Knows variables by their names.
type Lookup = Box<dyn Fn(&str) -> Option<String>>;

/// Finds settings by name and remembers which were asked for.
pub(super) struct Source {
    map: Map<String, Value>,
    environment: Lookup,
    asked: Vec<String>,
}

impl Source {
    pub(super) fn new(
        map: Map<String, Value>,
        environment: impl Fn(&str) -> Option<String> + 'static,
    ) -> Self {
        Self {
            map,
            environment: Box::new(environment),
            asked: Vec::new(),
        }
    }

    /// Takes a setting from the map, or from the first of `variables` that is set.
    pub(super) fn take(&mut self, name: &str, variables: &[&str]) -> Option<Value> {
        self.asked.push(name.to_owned());
        if let Some(value) = self.map.shift_remove(name).filter(|value| !value.is_null()) {
            return Some(value);
        }
        let found = variables.iter().find_map(|name| self.variable(name));
        found.map(Value::String)
    }

    /// The first of `variables` that is set, and its text.
    pub(super) fn first(&self, variables: &[&str]) -> Option<(String, String)> {
        let mut names = variables.iter();
        names.find_map(|name| Some(((*name).to_owned(), self.variable(name)?)))
    }

    /// The text that `{env: NAME}` or `{file: PATH}` stands for.
    pub(super) fn referenced(&self, reference: &Map<String, Value>) -> Result<String, String> {
        let text = |key| {
            reference
                .get(key)
                .and_then(Value::as_str)
                .filter(|_| reference.len() == 1)
        };
        if let Some(name) = text("env") {
            // Not its name: that may be the secret itself, put there by mistake.
            let unset = || "`env` names an environment variable that is not set".to_owned();
            self.variable(name).ok_or_else(unset)
        } else if let Some(path) = text("file") {
            read_secret(Path::new(path))
        } else {
            Err("expected text, `{env: NAME}` or `{file: PATH}`".to_owned())
        }
    }

    /// Texts by name, some of which may stand elsewhere.
    pub(super) fn texts(&self, value: Value) -> Result<Vec<(String, String)>, String> {
        let Value::Object(map) = value else {
            let expected = "expected texts by name, `key:value,key:value` in the environment";
            return pairs(&value).ok_or_else(|| expected.to_owned());
        };
        let text = |value| match value {
            Value::Object(reference) => self.referenced(&reference),
            value => scalar_text(&value)
                .ok_or_else(|| "expected texts, `{env: NAME}` or `{file: PATH}`".to_owned()),
        };
        let texts = map.into_iter();
        texts.map(|(key, value)| Ok((key, text(value)?))).collect()
    }

    /// Names left in the map that nobody asked for, each with the one that may be meant.
    pub(super) fn unknown(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.map
            .keys()
            .map(|name| (name.as_str(), nearest(name, &self.asked)))
    }

    fn variable(&self, name: &str) -> Option<String> {
        (self.environment)(name).filter(|text| !text.trim().is_empty())
    }
}

/// A secret kept in a file, as orchestrators mount them.
fn read_secret(path: &Path) -> Result<String, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read the file: {error}"))?;
    match text.trim() {
        "" => Err("the file is empty".to_owned()),
        text => Ok(text.to_owned()),
    }
}

/// The known name closest to `key`, if it is close enough to be meant.
pub(super) fn nearest<'a>(key: &str, known: &'a [String]) -> Option<&'a str> {
    let close = known
        .iter()
        .map(|name| (distance(key, name), name.as_str()))
        .min()?;
    (close.0 <= key.len().max(close.1.len()) / 3).then_some(close.1)
}

/// Levenshtein distance over bytes; settings have ASCII names.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, b) in right.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}
