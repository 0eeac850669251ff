//! Shapes: references that resolve, encodings that suit them, sources that are reached.

use super::{At, Holes, Validator};
use crate::spec::model::{FieldType, ValueEncoding};
use crate::spec::payload::{Each, Leaf, Member, Place, Rest, Shape, Source, Text};
use crate::spec::resolve::Reference;
use crate::spec::template::{Piece, time_hint};

/// Where a shape stands.
#[derive(Debug, Clone)]
pub enum Within<'s> {
    /// Around the records; around one, what it refers to is of that event.
    Body {
        /// Around one.
        one: bool,
    },
    /// In the line before a record.
    Before,
    /// In a record.
    Record {
        /// Where its position may stand.
        position: Option<At<'s>>,
    },
}

/// Checks every leaf of a shape.
pub fn check_shape(v: &mut Validator<'_>, shape: &Shape<'_>, within: &Within<'_>) {
    check_merges(v, shape);
    let mut leaves: Vec<Owned<'_>> = Vec::new();
    shape.visit(&mut |leaf| leaves.push(Owned::of(leaf)));
    for leaf in &leaves {
        match leaf {
            Owned::Text(text) => check_text(v, text, within),
            Owned::Source(source) => check_source(v, source, within),
            Owned::Rest(rest) => check_rest(v, rest, within),
            Owned::Records(place) => check_place(v, place, within),
            Owned::Each(each) => {
                v.check_setting(&each.at.key("each"), each.setting, &[FieldType::Map]);
            }
        }
    }
}

/// A leaf that outlives the visit.
enum Owned<'s> {
    Text(Text<'s>),
    Source(Source<'s>),
    Rest(Rest<'s>),
    Records(Place<'s>),
    Each(Each<'s>),
}

impl<'s> Owned<'s> {
    fn of(leaf: Leaf<'_, 's>) -> Self {
        match leaf {
            Leaf::Text(text) => Self::Text(text.clone()),
            Leaf::Source(source) => Self::Source(source.clone()),
            Leaf::Rest(rest) => Self::Rest(rest.clone()),
            Leaf::Records(place) => Self::Records(place.clone()),
            Leaf::Each(each) => Self::Each(each.clone()),
        }
    }
}

fn check_text(v: &mut Validator<'_>, text: &Text<'_>, within: &Within<'_>) {
    let allowed = match within {
        Within::Before => Holes::QUERY,
        _ => Holes::VALUE,
    };
    v.check_pieces(&text.at, &text.pieces, allowed);
    // A braced word that was meant as text.
    if let [Piece::Setting(name)] = text.pieces.as_slice()
        && v.config_field(name)
            .is_some_and(|field| matches!(field.kind, FieldType::List | FieldType::Map))
    {
        let hint = format!(
            "write `{{ from: config.{name} }}` for its value, with `as: comma_pairs` or `comma_list` for a text"
        );
        let message = format!("`{name}` is no text, and a hole makes one of it");
        v.report_part(&text.at, name, message, hint);
    }
}

fn check_place(v: &mut Validator<'_>, place: &Place<'_>, within: &Within<'_>) {
    if !matches!(within, Within::Body { .. }) {
        let hint = "`body` says where the records stand";
        v.report_key_hint(&place.at, "a place of the records within a record", hint);
    }
}

fn check_source(v: &mut Validator<'_>, source: &Source<'_>, within: &Within<'_>) {
    let from = source.at.key("from");
    let last = source.references.len() - 1;
    let mut reached = true;
    for (index, reference) in source.references.iter().enumerate() {
        let at = if source.is_list {
            from.index(index)
        } else {
            from.clone()
        };
        let setting = check_parsed(v, &at, *reference);
        check_encoding(v, &source.at, &at, *reference, setting, source.encoding);
        check_position(v, &at, source, *reference, within);
        if !reached {
            continue;
        }
        reached = !is_always_there(v, *reference);
        if !reached && (index < last || source.default.is_some()) {
            let next = if index < last {
                "what follows is"
            } else {
                "the `default` is"
            };
            v.report_hint(
                &at,
                format!("{next} never reached: this is always there"),
                "remove one of them",
            );
        }
    }
    let of_event = source.references.iter().any(Reference::is_of_event);
    let around_all = matches!(within, Within::Body { one: false });
    if around_all && of_event {
        check_shared(v, source);
    }
}

/// What all events of a request share is written as text.
fn check_shared(v: &mut Validator<'_>, source: &Source<'_>) {
    let is_whole = |reference: &Reference<'_>| {
        matches!(
            reference,
            Reference::Timestamp | Reference::Now | Reference::Part(_) | Reference::Position
        )
    };
    if source.references.iter().any(is_whole)
        || source.encoding.is_some_and(|it| it != ValueEncoding::Text)
    {
        let hint = "values of the event belong in `record`; outside, `message`, `level`, `logger` and keys such as \
                    `data.category` make requests of events that have the same";
        v.report_key_hint(&source.at, "not all events of a request share this", hint);
    }
}

fn check_position(
    v: &mut Validator<'_>,
    at: &At<'_>,
    source: &Source<'_>,
    reference: Reference<'_>,
    within: &Within<'_>,
) {
    if reference != Reference::Position {
        return;
    }
    let is_first =
        matches!(within, Within::Record { position: Some(first) } if *first == source.at);
    if !is_first || source.references.len() > 1 || source.default.is_some() {
        let hint =
            "it stands alone, as the first key of a record in a list: `Id: { from: position }`";
        v.report_hint(at, "`position` cannot stand here", hint);
    } else if source.encoding.is_some_and(|it| it != ValueEncoding::Text) {
        v.report(&source.at.key("as"), "a position is always text");
    }
}

/// Whether nothing after it counts. A text may be empty, which counts as absent.
fn is_always_there(v: &Validator<'_>, reference: Reference<'_>) -> bool {
    match reference {
        Reference::Config(name) => v.config_field(name).is_some_and(|field| {
            let may_be_empty = matches!(
                field.kind,
                FieldType::String
                    | FieldType::Secret
                    | FieldType::Url
                    | FieldType::SecretUrl
                    | FieldType::List
                    | FieldType::Map
                    | FieldType::SecretMap
            );
            !field.is_optional() && !may_be_empty
        }),
        reference => reference.is_always_present(),
    }
}

/// Reports a reference that leads nowhere; returns the type of the setting it names.
pub fn check_reference(v: &mut Validator<'_>, at: &At<'_>, text: &str) -> Option<FieldType> {
    match Reference::parse(text) {
        Some(Reference::Now | Reference::Position | Reference::Timestamp | Reference::Part(_)) => {
            v.report_hint(
                at,
                format!("`{text}` is no label"),
                "a label is one short text",
            );
            None
        }
        Some(reference) => check_parsed(v, at, reference),
        None => {
            let hint = "known are `message`, `level`, `logger`, a key such as `context.tenant_id`, and `config.NAME`";
            v.report_hint(at, format!("unknown reference `{text}`"), hint);
            None
        }
    }
}

fn check_parsed(v: &mut Validator<'_>, at: &At<'_>, reference: Reference<'_>) -> Option<FieldType> {
    let name = reference.setting()?;
    let field = v.config_field(name);
    match field {
        None => v.unknown_setting(at, name),
        Some(field) if field.kind.is_secret() => {
            let hint = "secrets are attached by `auth`";
            v.report_hint(
                at,
                format!("the secret `{name}` cannot stand in an event"),
                hint,
            );
        }
        Some(field) if matches!(reference, Reference::Pair(..)) && field.kind != FieldType::Map => {
            let hint = "only a config field of type `map` has keys";
            v.report_hint(at, format!("`{name}` has no keys"), hint);
        }
        Some(_) => {}
    }
    field.map(|field| field.kind)
}

fn check_encoding(
    v: &mut Validator<'_>,
    source: &At<'_>,
    at: &At<'_>,
    reference: Reference<'_>,
    setting: Option<FieldType>,
    encoding: Option<ValueEncoding>,
) {
    use ValueEncoding as E;
    if reference.setting().is_some() && setting.is_none() || reference == Reference::Position {
        return;
    }
    let is_time = matches!(reference, Reference::Timestamp | Reference::Now);
    let word_at = source.key("as");
    let (suits, hint) = match encoding {
        None if is_time => {
            v.report_hint(at, "a time needs `as`", time_hint());
            return;
        }
        None => return,
        Some(encoding) if encoding.is_time() => (is_time, "it is for `timestamp` and `now`".to_owned()),
        Some(_) if is_time => (false, time_hint()),
        Some(encoding) if encoding.is_level() => (reference == Reference::Level, "it is for `level`".to_owned()),
        Some(E::Text) if matches!(reference, Reference::Pair(..)) => return,
        Some(_) if matches!(reference, Reference::Pair(..)) => {
            (false, "the value of a key is a text".to_owned())
        }
        Some(E::CommaPairs) => (setting == Some(FieldType::Map), "it is for settings of type `map`".to_owned()),
        Some(E::CommaList) => (setting == Some(FieldType::List), "it is for settings of type `list`".to_owned()),
        Some(E::OtlpAttributes) => (
            setting == Some(FieldType::Map),
            "it is for settings of type `map`; for parts of the event write `{ rest: data, as: otlp_attributes }`".to_owned(),
        ),
        Some(E::Base64 | E::OtlpValue) => (
            matches!(reference, Reference::Key(..)),
            "it is for keys such as `data.blob`; anything can stand in `{ as: base64, object: … }`".to_owned(),
        ),
        Some(_) => (
            !matches!(reference, Reference::Part(_)),
            "for a whole part write `{ rest: data, as: json_text }`".to_owned(),
        ),
    };
    if !suits {
        v.report_hint(&word_at, "this encoding does not suit the source", hint);
    }
    if encoding == Some(E::LevelMap)
        && v.spec.payload.levels.is_empty()
        && !v.is_written("payload", "levels")
    {
        v.report_hint(
            &word_at,
            "`level_map` without `payload.levels`",
            "add the level words",
        );
    }
}

fn check_rest(v: &mut Validator<'_>, rest: &Rest<'_>, within: &Within<'_>) {
    if matches!(within, Within::Body { one: false } | Within::Before) {
        let hint = "a rest stands in `record`";
        v.report_key_hint(&rest.at, "parts of an event outside of a record", hint);
    }
    if rest.clash_prefix == Some("") {
        v.report(
            &rest.at.key("clash_prefix"),
            "an empty prefix frees no name",
        );
    }
    if let Some(why) = rest
        .keys
        .and_then(|keys| super::config::bad_set(keys, true))
    {
        let hint = "list the characters, ranges as `a-z`, a `-` at the end: `A-Za-z0-9_.-`";
        v.report_hint(&rest.at.key("keys"), format!("`keys` {why}"), hint);
    }
    if rest.flatten == Some("") {
        v.report(
            &rest.at.key("flatten"),
            "nothing would stand between the keys",
        );
    }
}

/// Recursion is bounded by the depth of the file.
fn check_merges(v: &mut Validator<'_>, shape: &Shape<'_>) {
    match shape {
        Shape::Object(members) => {
            for member in members {
                match member {
                    Member::Field(key, value) => {
                        if let Shape::Rest(rest) = value
                            && rest.clash_prefix.is_some()
                            && rest.parts.len() == 1
                        {
                            let hint = "only keys merged into the record can clash";
                            let message = format!("`clash_prefix` beside the key `{key}`");
                            v.report_key_hint(&rest.at.key("clash_prefix"), message, hint);
                        }
                        check_merges(v, value);
                    }
                    Member::Merge(rest) if rest.form.is_some() => {
                        let hint = "give it a key of its own instead of `\"*\"`";
                        v.report_hint(&rest.at.key("as"), "what is merged stays an object", hint);
                    }
                    Member::Merge(_) => {}
                }
            }
        }
        Shape::List(items) => items.iter().for_each(|item| check_merges(v, item)),
        Shape::Encoded { value, .. } => check_merges(v, value),
        _ => {}
    }
}
