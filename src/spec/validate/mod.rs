//! Checks of meaning: references that resolve, limits that agree, vectors that can run.
//!
//! The structure is sound when these run, except for objects the structure check marked as broken:
//! problems inside those are not reported, because they may follow from the first.

mod answers;
mod auth;
mod config;
mod docs;
mod endpoint;
mod identity;
mod limits;
mod names;
mod payload;
mod record;
mod responses;
pub mod secrets;
pub mod text;
mod vectors;

use super::model::{ConfigField, FieldType, Spec};
use super::node::{Node, Value};
use super::resolve::holes;
use super::source::{Problems, Source, Span};
use super::suggest::closest_hint;

/// Reports every problem of meaning.
pub fn check(spec: &Spec, root: &Node, source: &Source, problems: &mut Problems) {
    let mut validator = Validator {
        spec,
        root,
        source,
        problems,
    };
    identity::check(&mut validator);
    config::check(&mut validator);
    auth::check(&mut validator);
    endpoint::check(&mut validator);
    payload::check(&mut validator);
    limits::check(&mut validator);
    responses::check(&mut validator);
    answers::check(&mut validator);
    docs::check(&mut validator);
    vectors::check(&mut validator);
}

/// One step from a value to a value inside it.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The way from the root of a spec to a value.
#[derive(Debug, Clone)]
struct At<'a>(Vec<Step<'a>>);

impl<'a> At<'a> {
    fn root(key: &'a str) -> Self {
        Self(vec![Step::Key(key)])
    }

    fn key(&self, key: &'a str) -> Self {
        self.then(Step::Key(key))
    }

    fn index(&self, index: usize) -> Self {
        self.then(Step::Index(index))
    }

    fn then(&self, step: Step<'a>) -> Self {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Self(steps)
    }
}

/// Where a path ends in the file.
struct Place {
    value: Span,
    key: Span,
}

struct Validator<'a> {
    spec: &'a Spec,
    root: &'a Node,
    source: &'a Source,
    problems: &'a mut Problems,
}

impl<'a> Validator<'a> {
    /// A problem of the value at a path; of the nearest value around it when it is not there.
    fn report(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.add(at, |place| place.value, message.into(), None);
    }

    /// The same with a remedy.
    fn report_hint(&mut self, at: &At<'_>, message: impl Into<String>, hint: impl Into<String>) {
        self.add(at, |place| place.value, message.into(), Some(hint.into()));
    }

    /// A problem of the key at a path, or of what is missing under it.
    fn report_key(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.add(at, |place| place.key, message.into(), None);
    }

    /// The same with a remedy.
    fn report_key_hint(
        &mut self,
        at: &At<'_>,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.add(at, |place| place.key, message.into(), Some(hint.into()));
    }

    /// A problem of a part of the text at a path.
    fn report_part(&mut self, at: &At<'_>, part: &str, message: String, hint: String) {
        let source = self.source;
        self.add(
            at,
            |place| source.within(place.value, part),
            message,
            Some(hint),
        );
    }

    fn add(
        &mut self,
        at: &At<'_>,
        choose: impl Fn(&Place) -> Span,
        message: String,
        hint: Option<String>,
    ) {
        let Some(place) = self.locate(at) else {
            return;
        };
        let problem = self.problems.add(choose(&place), message);
        if let Some(hint) = hint {
            problem.hint(hint);
        }
    }

    /// `None` inside a broken object.
    fn locate(&self, at: &At<'_>) -> Option<Place> {
        let mut node = self.root;
        let mut place = Place {
            value: node.span,
            key: node.span,
        };
        for step in &at.0 {
            if self.problems.is_broken(node.span) {
                return None;
            }
            let next = match *step {
                Step::Key(key) => node.get(key).map(|entry| (&entry.value, entry.key_span)),
                Step::Index(index) => node.item(index).map(|item| (item, item.span)),
            };
            let Some((value, key)) = next else {
                // What is missing is reported at the name of the object it belongs in.
                place.value = place.key;
                return Some(place);
            };
            node = value;
            place = Place {
                value: shown(value, key),
                key,
            };
        }
        (!self.problems.is_broken(node.span)).then_some(place)
    }

    /// Whether something stands there, sound or not: what refers to it is not wrong.
    fn is_written(&self, section: &str, key: &str) -> bool {
        let section = self.root.get(section);
        section.is_some_and(|section| section.value.get(key).is_some())
    }

    /// Whether the structure of a section is sound, as far as its own keys go.
    fn is_sound(&self, section: &str) -> bool {
        let section = self.root.get(section);
        !section.is_some_and(|section| self.problems.is_broken(section.value.span))
    }

    fn config_field(&self, name: &str) -> Option<&'a ConfigField> {
        self.spec.config.get(name)
    }

    /// Reports a reference to a setting that does not exist or has the wrong type.
    fn check_setting(
        &mut self,
        at: &At<'_>,
        name: &str,
        types: &[FieldType],
    ) -> Option<&'a ConfigField> {
        let Some(field) = self.config_field(name) else {
            self.unknown_setting(at, name);
            return None;
        };
        if !types.contains(&field.kind) {
            let wanted: Vec<String> = types
                .iter()
                .map(|kind| format!("`{}`", kind.name()))
                .collect();
            let found = field.kind.name();
            let wanted = wanted.join(" or ");
            self.report(
                at,
                format!("config field `{name}` has type `{found}`, expected {wanted}"),
            );
        }
        Some(field)
    }

    fn unknown_setting(&mut self, at: &At<'_>, name: &str) {
        let known: Vec<&String> = self.spec.config.keys().collect();
        let hint = closest_hint(name, &known, "config fields are");
        self.report_part(at, name, format!("no config field `{name}`"), hint);
    }

    /// Checks the `{field}` holes of a text: each names a setting whose value is one short text.
    fn check_holes(&mut self, at: &At<'_>, text: &str) {
        for hole in holes(text) {
            match hole {
                Err(broken) => {
                    let message = format!("`{broken}` is not a hole");
                    let hint = "a hole is the name of a config field in braces, such as `{site}`";
                    self.report_part(at, broken, message, hint.to_owned());
                }
                Ok(name) => self.check_hole(at, name),
            }
        }
    }

    fn check_hole(&mut self, at: &At<'_>, name: &str) {
        let Some(field) = self.config_field(name) else {
            self.unknown_setting(at, name);
            return;
        };
        match field.kind {
            FieldType::Secret => {
                let message = format!("the secret `{name}` cannot fill a hole");
                self.report_part(
                    at,
                    name,
                    message,
                    "secrets are attached by `auth`".to_owned(),
                );
            }
            FieldType::List | FieldType::Map => {
                let message = format!(
                    "`{name}` has type `{}`, a hole takes one value",
                    field.kind.name()
                );
                self.report_part(
                    at,
                    name,
                    message,
                    "use a field of type `string` or `enum`".to_owned(),
                );
            }
            _ => {}
        }
    }

    /// Reports a key of `sources` that is not there.
    fn check_source(&mut self, at: &At<'_>, name: &str) {
        if !self.spec.sources.contains_key(name) {
            let known: Vec<&String> = self.spec.sources.keys().collect();
            let hint = closest_hint(name, &known, "sources are");
            self.report_hint(at, format!("no source `{name}`"), hint);
        }
    }

    fn require_text(&mut self, at: &At<'_>, text: &str, name: &str) {
        if text.trim().is_empty() {
            self.report(at, format!("{name} is empty"));
        }
    }
}

/// Lists and maps have no text of their own to mark: their key stands for them.
fn shown(node: &Node, key: Span) -> Span {
    match node.value {
        Value::List(_) | Value::Map(_) => key,
        _ => node.span,
    }
}
