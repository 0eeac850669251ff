//! Checks of meaning: references that resolve, limits that agree, vectors that can run.
//!
//! The structure is sound when these run, except for objects the structure check marked as broken:
//! problems inside those are not reported, because they may follow from the first.

mod acknowledgement;
mod answers;
mod auth;
mod config;
mod docs;
mod endpoint;
mod identity;
mod limits;
mod names;
mod otlp;
mod payload;
mod record;
mod responses;
pub mod secrets;
pub mod text;
mod used;
mod vectors;

use crate::diagnostics::Code;

use super::extends;
use super::model::{ConfigField, FieldType, Spec};
use super::node::{Node, Value};
use super::payload::Shapes;
use super::place::{At, Fault, Step};
use super::resolve::Reference;
use super::source::{Problems, Source, Span};
use super::suggest::closest_hint;
use super::template::{self, Piece};

/// Whether a setting may be called so.
pub fn is_setting_name(name: &str) -> bool {
    names::bad_identifier(name).is_none() && !names::DELIVERY_SETTINGS.contains(&name)
}

/// Reports every problem of meaning.
pub fn check(spec: &Spec, root: &Node, source: &Source, problems: &mut Problems) {
    let (shapes, faults) = match spec.shapes() {
        Ok(shapes) => (Some(shapes), Vec::new()),
        Err(faults) => (None, faults),
    };
    let mut validator = Validator {
        spec,
        shapes: shapes.as_ref(),
        root,
        source,
        problems,
    };
    validator.problems.turn_to(Code::Identity);
    identity::check(&mut validator);
    validator.problems.turn_to(Code::Config);
    config::check(&mut validator);
    validator.problems.turn_to(Code::Auth);
    auth::check(&mut validator);
    validator.problems.turn_to(Code::Endpoint);
    endpoint::check(&mut validator);
    validator.problems.turn_to(Code::Payload);
    payload::check(&mut validator, faults);
    validator.problems.turn_to(Code::Limits);
    limits::check(&mut validator);
    validator.problems.turn_to(Code::Responses);
    responses::check(&mut validator);
    answers::check(&mut validator);
    validator.problems.turn_to(Code::Docs);
    docs::check(&mut validator);
    validator.problems.turn_to(Code::Vectors);
    vectors::check(&mut validator);
    validator.problems.turn_to(Code::Unused);
    used::check(&mut validator);
}

/// Where a path ends in the file.
struct Place {
    value: Span,
    key: Span,
}

struct Validator<'a> {
    spec: &'a Spec,
    /// `None` where they have a fault.
    shapes: Option<&'a Shapes<'a>>,
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

    /// A problem that was found without a place in the file.
    fn fault(&mut self, fault: &Fault<'_>) {
        let source = self.source;
        let choose = |place: &Place| match &fault.part {
            _ if fault.key => place.key,
            Some(part) => source.within(place.value, part),
            None => place.value,
        };
        self.add(&fault.at, choose, fault.message.clone(), fault.hint.clone());
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
        let span = choose(&place);
        let message = match extends::span_of(self.root) {
            Some(base) if base == span => format!("`{}` of the base: {message}", at.shown()),
            _ => message,
        };
        let problem = self.problems.add(span, message);
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

    /// Checks the holes of a text; `allowed` is what they may hold.
    fn check_holes(&mut self, at: &At<'_>, text: &str, allowed: Holes) {
        match template::pieces(text) {
            Err(broken) => {
                for broken in broken {
                    self.report_part(at, broken.part, broken.message, broken.hint);
                }
            }
            Ok(pieces) => self.check_pieces(at, &pieces, allowed),
        }
    }

    fn check_pieces(&mut self, at: &At<'_>, pieces: &[Piece<'_>], allowed: Holes) {
        for piece in pieces {
            match piece {
                Piece::Literal(_) => {}
                Piece::Setting(name) => self.check_hole(at, name, allowed),
                Piece::Now(_) if allowed.request => {}
                Piece::Event(references) if allowed.request => {
                    self.check_event_hole(at, references, allowed);
                }
                Piece::Now(_) | Piece::Event(_) => {
                    let hint = "only config fields are known here, such as `{site}`";
                    self.report_hint(at, "a hole for something that is not known here", hint);
                }
            }
        }
    }

    fn check_event_hole(&mut self, at: &At<'_>, references: &[Reference<'_>], allowed: Holes) {
        let mut ended = false;
        for (index, reference) in references.iter().enumerate() {
            match reference {
                Reference::Message | Reference::Level | Reference::Logger | Reference::Key(..) => {
                    if ended {
                        let hint =
                            "write values of the event first: `{event:data.category|category}`";
                        self.report_hint(at, "a value of the event after a config field", hint);
                    }
                }
                Reference::Config(name) => {
                    ended = true;
                    let last = index + 1 == references.len();
                    let needed = allowed.needed && last;
                    self.check_hole(
                        at,
                        name,
                        Holes {
                            needed,
                            ..Holes::PLAIN
                        },
                    );
                }
                _ => {
                    let hint =
                        "write `message`, `level`, `logger` or a key such as `data.category`";
                    self.report_hint(at, "this value of an event is no text", hint);
                }
            }
            let is_last = index + 1 == references.len();
            if allowed.needed
                && is_last
                && !reference.is_always_present()
                && reference.setting().is_none()
            {
                let hint =
                    "end it with a config field for events without it: `{event:data.index|index}`";
                self.report_hint(
                    at,
                    "a part of the address that some events do not have",
                    hint,
                );
            }
            if index == 0 && !reference.is_of_event() {
                let hint = "a config field alone is written `{name}`";
                self.report_hint(at, "a hole `event` without a value of the event", hint);
            }
        }
    }

    fn check_hole(&mut self, at: &At<'_>, name: &str, allowed: Holes) {
        let Some(field) = self.config_field(name) else {
            self.unknown_setting(at, name);
            return;
        };
        let kind = field.kind;
        if kind == FieldType::SecretMap {
            let message = format!("the secrets `{name}` cannot fill a hole");
            let hint = format!("they are headers: `headers: {{ \"*\": \"{{{name}}}\" }}`");
            self.report_part(at, name, message, hint);
            return;
        }
        if kind.is_secret() && !allowed.secrets {
            let message = format!("the secret `{name}` cannot fill a hole here");
            let hint = "secrets are attached by `auth`, or stand in the address".to_owned();
            self.report_part(at, name, message, hint);
        }
        if allowed.needed && field.is_optional() && self.spec.override_name() != Some(name) {
            let message = format!("`{name}` may be absent, and nothing can be sent without it");
            let hint = "give it `required: true` or a `default`".to_owned();
            self.report_part(at, name, message, hint);
        }
        if allowed.one_line && matches!(kind, FieldType::List | FieldType::Map) {
            let message = format!(
                "`{name}` has type `{}`, a hole here takes one value",
                kind.name()
            );
            let hint = "use a field of type `string` or `enum`".to_owned();
            self.report_part(at, name, message, hint);
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

/// What holes may hold, by where a text stands.
#[derive(Debug, Clone, Copy)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four questions with an answer each"
)]
struct Holes {
    /// Values of the event and the moment.
    request: bool,
    /// Secrets.
    secrets: bool,
    /// Only settings that are always there.
    needed: bool,
    /// No lists and maps.
    one_line: bool,
}

impl Holes {
    /// Settings.
    const PLAIN: Self = Self {
        request: false,
        secrets: false,
        needed: false,
        one_line: false,
    };
    /// The base of an address.
    const BASE: Self = Self {
        secrets: true,
        needed: true,
        one_line: true,
        ..Self::PLAIN
    };
    /// The path of an address.
    const PATH: Self = Self {
        request: true,
        ..Self::BASE
    };
    /// The query, and the line before a record.
    const QUERY: Self = Self {
        request: true,
        secrets: true,
        ..Self::PLAIN
    };
    /// Headers, records and bodies.
    const VALUE: Self = Self {
        request: true,
        ..Self::PLAIN
    };
}

/// Lists and maps have no text of their own to mark: their key stands for them.
fn shown(node: &Node, key: Span) -> Span {
    match node.value {
        Value::List(_) | Value::Map(_) => key,
        _ => node.span,
    }
}
