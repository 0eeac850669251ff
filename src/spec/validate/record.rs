//! `payload.record`: references that resolve, encodings that suit them, keys written once.

use super::{At, Validator};
use crate::spec::model::{
    EventPart, FieldType, OneOrMany, RecordField, RecordShape, Rest, ValueEncoding,
};
use crate::spec::resolve::Reference;
use crate::spec::suggest::closest;

/// What a reference can start with.
const REFERENCES: [&str; 8] = [
    "message",
    "level",
    "logger",
    "timestamp",
    "context",
    "diagnostics",
    "data",
    "config",
];

pub fn check_record(v: &mut Validator<'_>, at: &At<'_>, record: &RecordShape) {
    check_fields(v, &at.key("fields"), record.fields());
    check_rest(v, &at.key("rest"), record);
    match record {
        RecordShape::Object {
            wrap: Some(wrap), ..
        } => {
            let at = at.key("wrap");
            check_fields(v, &at.key("fields"), &wrap.fields);
            if wrap.fields.iter().any(|field| field.name == wrap.key) {
                v.report(
                    &at.key("key"),
                    format!("`{}` is also a field of the wrapper", wrap.key),
                );
            }
        }
        RecordShape::StreamEntry { metadata, .. } => check_fields(v, &at.key("metadata"), metadata),
        RecordShape::Object { .. } => {}
    }
}

fn check_fields(v: &mut Validator<'_>, at: &At<'_>, fields: &[RecordField]) {
    for (index, field) in fields.iter().enumerate() {
        let at = at.index(index);
        v.require_text(&at.key("name"), &field.name, "`name`");
        if fields[..index]
            .iter()
            .any(|earlier| earlier.name == field.name)
        {
            v.report(
                &at.key("name"),
                format!("the key `{}` is written twice", field.name),
            );
        }
        check_field(v, &at, field);
    }
}

fn check_field(v: &mut Validator<'_>, at: &At<'_>, field: &RecordField) {
    let references = field.from.as_slice();
    match (references.is_empty(), field.constant.is_some()) {
        (true, false) => v.report(
            at,
            format!("`{}` has neither `from` nor `const`", field.name),
        ),
        (false, true) => v.report(
            &at.key("const"),
            format!("`{}` has both `from` and `const`", field.name),
        ),
        _ => {}
    }
    let settings = check_references(v, &at.key("from"), &field.from);
    for (reference, setting) in references.iter().zip(settings) {
        if let Some(parsed) = Reference::parse(reference) {
            check_encoding(v, at, parsed, setting, field.encoding);
        }
    }
}

/// The type of the setting each names, where it names one.
pub fn check_references(
    v: &mut Validator<'_>,
    at: &At<'_>,
    from: &OneOrMany,
) -> Vec<Option<FieldType>> {
    let many = matches!(from, OneOrMany::Many(_));
    let mut settings = Vec::new();
    for (index, reference) in from.as_slice().iter().enumerate() {
        let at = if many { at.index(index) } else { at.clone() };
        settings.push(check_reference(v, &at, reference));
    }
    settings
}

/// Reports a reference that leads nowhere; returns the type of the setting it names.
fn check_reference(v: &mut Validator<'_>, at: &At<'_>, text: &str) -> Option<FieldType> {
    match Reference::parse(text) {
        Some(Reference::Config(name)) => {
            let field = v.config_field(name);
            match field {
                None => v.unknown_setting(at, name),
                Some(field) if field.kind == FieldType::Secret => {
                    let hint = "secrets are attached by `auth`";
                    v.report_hint(
                        at,
                        format!("the secret `{name}` cannot stand in an event"),
                        hint,
                    );
                }
                Some(_) => {}
            }
            field.map(|field| field.kind)
        }
        Some(_) => None,
        None => {
            let (head, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
            let hint = match closest(head, &REFERENCES) {
                Some(word) if word != head => format!("did you mean `{word}{rest}`?"),
                _ => "known are `message`, `level`, `logger`, `timestamp`, `context`, `diagnostics`, \
                      `data`, a key of the last three such as `context.trace_id`, and `config.NAME`"
                    .to_owned(),
            };
            v.report_hint(at, format!("unknown reference `{text}`"), hint);
            None
        }
    }
}

fn check_encoding(
    v: &mut Validator<'_>,
    at: &At<'_>,
    reference: Reference<'_>,
    setting: Option<FieldType>,
    encoding: Option<ValueEncoding>,
) {
    use ValueEncoding as E;
    if matches!(reference, Reference::Config(_)) && setting.is_none() {
        return;
    }
    let at = at.key("as");
    let suits = match encoding {
        None => {
            if reference == Reference::Timestamp {
                let hint =
                    "one of `unix_ms`, `unix_ns_text`, `unix_seconds`, `rfc3339_ms`, `rfc3339_ns`";
                v.report_hint(&at, "a timestamp needs `as`", hint);
            }
            return;
        }
        Some(E::LevelMap | E::LevelLower) => reference == Reference::Level,
        Some(E::CommaPairs) => {
            matches!(reference, Reference::Part(_) | Reference::Key(..))
                || setting == Some(FieldType::Map)
        }
        Some(E::CommaList) => setting == Some(FieldType::List),
        Some(_) => reference == Reference::Timestamp,
    };
    if !suits {
        v.report(&at, "this encoding does not suit the source");
    }
    let levels = !v.spec.payload.levels.is_empty() || v.is_written("payload", "levels");
    if encoding == Some(E::LevelMap) && !levels {
        v.report_hint(
            &at,
            "`level_map` without `payload.levels`",
            "add the level words",
        );
    }
}

fn check_rest(v: &mut Validator<'_>, at: &At<'_>, record: &RecordShape) {
    let rest = record.rest();
    for (index, part) in rest.iter().enumerate() {
        let at = at.index(index);
        if rest[..index]
            .iter()
            .any(|earlier| earlier.from == part.from)
        {
            v.report(
                &at.key("from"),
                format!("`{}` goes to two places", part.from.name()),
            );
        }
        check_clash(v, &at, record, &rest[..index], part);
        if record
            .fields()
            .iter()
            .any(|field| takes_whole(field, part.from))
        {
            let message = format!("`{}` is already written whole by a field", part.from.name());
            v.report(&at.key("from"), message);
        }
    }
}

fn check_clash(
    v: &mut Validator<'_>,
    at: &At<'_>,
    record: &RecordShape,
    earlier: &[Rest],
    part: &Rest,
) {
    if let Some(into) = &part.into {
        let field = record.fields().iter().any(|field| field.name == *into);
        if field || earlier.iter().any(|rest| rest.into.as_ref() == Some(into)) {
            v.report(
                &at.key("into"),
                format!("the key `{into}` is written twice"),
            );
        }
        if part.clash_prefix.is_some() {
            let hint = "only keys merged into the record can clash";
            v.report_key_hint(
                &at.key("clash_prefix"),
                "`clash_prefix` beside `into`",
                hint,
            );
        }
    }
    if part.clash_prefix.as_deref() == Some("") {
        v.report(&at.key("clash_prefix"), "an empty prefix frees no name");
    }
}

fn takes_whole(field: &RecordField, part: EventPart) -> bool {
    let whole = |text: &String| Reference::parse(text) == Some(Reference::Part(part));
    field.from.as_slice().iter().any(whole)
}
