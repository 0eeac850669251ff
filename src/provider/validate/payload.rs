//! `payload`: references that resolve, encodings that suit them, framings that suit the record.

use super::{At, Validator, names};
use crate::provider::model::{
    EventPart, FieldType, Framing, Label, OneOrMany, RecordField, RecordShape, Rest, Transport,
    ValueEncoding,
};
use crate::provider::resolve::Reference;
use crate::provider::suggest::closest;

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

pub fn check(v: &mut Validator<'_>) {
    let spec = v.spec;
    let payload = &spec.payload;
    let at = At::root("payload");
    match &payload.content_type {
        Some(text) if !names::is_media_type(text) => {
            v.report(
                &at.key("content_type"),
                format!("`{text}` is not a media type"),
            );
        }
        None if spec.transport == Transport::Http => {
            v.report_key(&at, "`payload` has no `content_type`");
        }
        _ => {}
    }
    check_framing(v, &at.key("framing"), &payload.framing);
    check_pairing(v, &at);
    check_record(v, &at.key("record"), &payload.record);
    check_levels(v, &at);
}

fn check_framing(v: &mut Validator<'_>, at: &At<'_>, framing: &Framing) {
    match framing {
        Framing::ActionLines { action } => check_action(v, &at.key("action"), action),
        Framing::JsonObject { list, constants } if constants.contains_key(list) => {
            let message = format!("`{list}` is the list and a constant");
            v.report_key(&at.key("constants").key(list), message);
        }
        Framing::GroupedStreams {
            labels,
            max_streams,
            overflow_value,
        } => {
            v.check_setting(&at.key("max_streams"), max_streams, &[FieldType::Int]);
            v.require_text(
                &at.key("overflow_value"),
                overflow_value,
                "`overflow_value`",
            );
            check_labels(v, &at.key("labels"), labels);
        }
        _ => {}
    }
}

fn check_action(v: &mut Validator<'_>, at: &At<'_>, action: &serde_json::Value) {
    let Some(object) = action.as_object().filter(|object| object.len() == 1) else {
        v.report_hint(
            at,
            "the action is not a map with one key",
            "such as `create: {}`",
        );
        return;
    };
    for (operation, settings) in object {
        let at = at.key(operation);
        for (key, value) in settings.as_object().into_iter().flatten() {
            if let Some(text) = value.as_str() {
                v.check_holes(&at.key(key), text);
            }
        }
    }
}

fn check_labels(v: &mut Validator<'_>, at: &At<'_>, labels: &[Label]) {
    for (index, label) in labels.iter().enumerate() {
        let at = at.index(index);
        let settings = check_references(v, &at.key("from"), &label.from);
        let spreads = |kind| matches!(kind, &Some(FieldType::Map | FieldType::List));
        let spreads = settings.iter().any(spreads);
        if settings.is_empty() {
            v.report(&at, "the label has no source");
        }
        if spreads && settings.len() > 1 {
            v.report(&at.key("from"), "a map or list of labels stands alone");
        }
        match &label.name {
            None if !spreads => {
                v.report_hint(
                    &at,
                    "a label without a `name`",
                    "only a config field of type `map` or `list` brings its own names",
                );
            }
            Some(_) if spreads => {
                let hint = "leave it out: a map or list brings its own names";
                v.report_hint(&at.key("name"), "a name for several labels", hint);
            }
            Some(name) => {
                let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
                if name.is_empty()
                    || !name.bytes().all(plain)
                    || name.as_bytes()[0].is_ascii_digit()
                {
                    v.report(&at.key("name"), format!("`{name}` cannot name a label"));
                }
                if labels[..index]
                    .iter()
                    .any(|other| other.name.as_ref() == Some(name))
                {
                    v.report(
                        &at.key("name"),
                        format!("the label `{name}` is given twice"),
                    );
                }
            }
            None => {}
        }
    }
}

/// Framing, record and transport only work in certain pairs.
fn check_pairing(v: &mut Validator<'_>, at: &At<'_>) {
    let payload = &v.spec.payload;
    let kind = at.key("framing").key("kind");
    let grouped = matches!(payload.framing, Framing::GroupedStreams { .. });
    let stream_entry = matches!(payload.record, RecordShape::StreamEntry { .. });
    if grouped != stream_entry {
        let hint = "`grouped_streams` and `stream_entry` belong together";
        v.report_hint(&kind, "the framing does not suit the record", hint);
    }
    let sdk = matches!(payload.framing, Framing::Sdk {});
    if sdk != (v.spec.transport != Transport::Http) {
        let hint = "the framing `sdk` and an SDK transport belong together";
        v.report_hint(&kind, "the framing does not suit the transport", hint);
    }
}

fn check_record(v: &mut Validator<'_>, at: &At<'_>, record: &RecordShape) {
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
fn check_references(
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

fn check_levels(v: &mut Validator<'_>, at: &At<'_>) {
    let payload = &v.spec.payload;
    let at = at.key("levels");
    for (index, word) in payload.levels.values().enumerate() {
        if !(word.is_string() || word.is_number()) {
            v.report(
                &at,
                format!("level word {} is neither text nor a number", index + 1),
            );
        }
    }
    let fields = |fields: &[RecordField]| {
        fields
            .iter()
            .any(|field| field.encoding == Some(ValueEncoding::LevelMap))
    };
    let used = fields(payload.record.fields())
        || match &payload.record {
            RecordShape::Object { wrap, .. } => wrap.as_ref().is_some_and(|w| fields(&w.fields)),
            RecordShape::StreamEntry { metadata, .. } => fields(metadata),
        };
    if !payload.levels.is_empty() && !used {
        v.report_key_hint(
            &at,
            "`levels` is never used",
            "a field `from: level` with `as: level_map` uses it",
        );
    }
}
