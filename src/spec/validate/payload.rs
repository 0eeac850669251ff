//! `payload`: framings that suit record and transport, labels, level words.

use super::limits::check_limit;
use super::record::{check_record, check_references};
use super::{At, Validator, names};
use crate::spec::model::{
    FieldType, Framing, Label, RecordField, RecordShape, Transport, ValueEncoding,
};

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
            max_labels,
        } => {
            v.check_setting(&at.key("max_streams"), max_streams, &[FieldType::Int]);
            v.require_text(
                &at.key("overflow_value"),
                overflow_value,
                "`overflow_value`",
            );
            check_labels(v, &at.key("labels"), labels);
            if let Some(limit) = max_labels {
                let at = at.key("max_labels");
                check_limit(v, &at, "value", limit.value, &limit.source);
            }
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
            None if label.uncounted => {
                let message = "`uncounted` of several labels";
                v.report_key_hint(
                    &at.key("uncounted"),
                    message,
                    "only a label with a `name` can be",
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
