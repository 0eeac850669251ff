//! `payload.protobuf: otlp_logs`: keys that the message has.

use super::{At, Validator};
use crate::spec::model::{RestForm, ValueEncoding};
use crate::spec::payload::{Leaf, Member, Shape, Shapes};
use crate::spec::suggest::closest_hint;

/// The field that holds the records.
const RECORDS: &str = "logRecords";

/// The content type of protobuf, as OTLP has it.
const CONTENT_TYPE: &str = "application/x-protobuf";

/// A message: its fields, and those that hold another message.
struct Message {
    fields: &'static [&'static str],
    inner: &'static [(&'static str, &'static Message)],
}

const SCOPE: Message = Message {
    fields: &["name", "version", "attributes", "droppedAttributesCount"],
    inner: &[],
};
const RESOURCE: Message = Message {
    fields: &["attributes", "droppedAttributesCount"],
    inner: &[],
};
const SCOPE_LOGS: Message = Message {
    fields: &["scope", "logRecords", "schemaUrl"],
    inner: &[("scope", &SCOPE)],
};
const RESOURCE_LOGS: Message = Message {
    fields: &["resource", "scopeLogs", "schemaUrl"],
    inner: &[("resource", &RESOURCE), ("scopeLogs", &SCOPE_LOGS)],
};
const REQUEST: Message = Message {
    fields: &["resourceLogs"],
    inner: &[("resourceLogs", &RESOURCE_LOGS)],
};
const RECORD: Message = Message {
    fields: &[
        "timeUnixNano",
        "observedTimeUnixNano",
        "severityNumber",
        "severityText",
        "body",
        "attributes",
        "droppedAttributesCount",
        "flags",
        "traceId",
        "spanId",
        "eventName",
    ],
    inner: &[],
};

pub fn check(v: &mut Validator<'_>, at: &At<'_>, shapes: &Shapes<'_>) {
    if let Some(body) = &shapes.body {
        check_message(v, &at.key("body"), body, &REQUEST);
    }
    let content_type = v.spec.payload.content_type.as_deref();
    if content_type.is_some_and(|kind| kind != CONTENT_TYPE) {
        let hint = format!("leave it out: it is `{CONTENT_TYPE}`");
        let at = at.key("content_type");
        v.report_key_hint(&at, "protobuf with another content type", hint);
    }
    if let [record] = shapes.record.as_slice() {
        let at = at.key("record");
        check_message(v, &at, record, &RECORD);
        check_fields(v, &at, record);
    }
}

/// Recursion is bounded by the depth of the messages.
fn check_message(v: &mut Validator<'_>, at: &At<'_>, shape: &Shape<'_>, message: &Message) {
    match shape {
        Shape::List(items) => {
            for (index, item) in items.iter().enumerate() {
                check_message(v, &at.index(index), item, message);
            }
        }
        Shape::Object(members) => {
            for member in members {
                match member {
                    Member::Merge(rest) => {
                        let hint = "write `attributes: { rest: data, as: otlp_attributes }`";
                        v.report_key_hint(
                            &rest.at,
                            "protobuf has no free keys to merge into",
                            hint,
                        );
                    }
                    Member::Field(key, value) => {
                        let at = at.key(key);
                        if !message.fields.contains(key) {
                            let hint = closest_hint(key, message.fields, "fields are");
                            v.report_key_hint(
                                &at,
                                format!("the message has no field `{key}`"),
                                hint,
                            );
                        }
                        if let Some((_, inner)) = message.inner.iter().find(|(name, _)| name == key)
                        {
                            check_message(v, &at, value, inner);
                        } else if *key != RECORDS && holds_records(value) {
                            report_misplaced(v, &at);
                        }
                    }
                }
            }
        }
        // Where they belong nobody comes along here.
        Shape::Records(_) => report_misplaced(v, at),
        _ => v.report_key_hint(
            at,
            "a message is a map",
            "write it as the JSON form shows it",
        ),
    }
}

fn holds_records(value: &Shape<'_>) -> bool {
    let mut found = false;
    value.visit(&mut |leaf| found |= matches!(leaf, Leaf::Records(_)));
    found
}

fn report_misplaced(v: &mut Validator<'_>, at: &At<'_>) {
    let hint = "write `logRecords: { records: all }` in an item of `scopeLogs`";
    v.report_key_hint(at, "the message has its records in `logRecords`", hint);
}

/// Fields of a record that have a type of their own.
fn check_fields(v: &mut Validator<'_>, at: &At<'_>, record: &Shape<'_>) {
    let Shape::Object(members) = record else {
        return;
    };
    for member in members {
        let Member::Field(key, value) = member else {
            continue;
        };
        let (suits, hint) = match *key {
            "timeUnixNano" | "observedTimeUnixNano" => (
                matches!(value, Shape::Source(source) if matches!(source.encoding, Some(ValueEncoding::UnixNsText))),
                "write `{ from: timestamp, as: unix_ns_text }`",
            ),
            "severityNumber" => (
                matches!(value, Shape::Literal(_))
                    || matches!(value, Shape::Source(source) if source.encoding == Some(ValueEncoding::LevelMap)),
                "write `{ from: level, as: level_map }`, with numbers in `levels`",
            ),
            "body" => (
                matches!(value, Shape::Object(_))
                    || matches!(value, Shape::Source(source) if source.encoding == Some(ValueEncoding::OtlpValue)),
                "write `{ stringValue: { from: message } }`",
            ),
            "attributes" => (
                match value {
                    Shape::Rest(rest) => rest.form == Some(RestForm::OtlpAttributes),
                    Shape::Source(source) => source.encoding == Some(ValueEncoding::OtlpAttributes),
                    Shape::List(_) => true,
                    _ => false,
                },
                "write `{ rest: [data, context], as: otlp_attributes }`",
            ),
            _ => continue,
        };
        if !suits {
            v.report_key_hint(
                &at.key(key),
                format!("`{key}` of the message has another type"),
                hint,
            );
        }
    }
}
