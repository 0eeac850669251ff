//! `payload`: forms that suit each other, labels, level words.

use super::limits::check_limit;
use super::record::{Within, check_reference, check_shape};
use super::{At, Fault, Validator, names};
use crate::spec::model::{
    ConfigField, FieldType, Label, Lines, OneOrMany, Streams, Transport, ValueEncoding,
};
use crate::spec::payload::{Leaf, Member, Shape, Shapes};
use crate::spec::resolve::Reference;

pub fn check(v: &mut Validator<'_>, faults: Vec<Fault<'_>>) {
    let payload = &v.spec.payload;
    let at = At::root("payload");
    for fault in faults {
        v.fault(&fault);
    }
    if let Some(text) = &payload.content_type
        && !names::is_media_type(text)
    {
        let message = format!("`{text}` is not a media type");
        v.report(&at.key("content_type"), message);
    }
    check_forms(v, &at);
    if let Some(streams) = &payload.streams {
        check_streams(v, &at.key("streams"), streams);
    }
    if let Some(shapes) = v.shapes {
        check_shapes(v, &at, shapes);
    }
    check_levels(v, &at);
}

/// At most one of the forms, and what belongs to one of them only.
fn check_forms(v: &mut Validator<'_>, at: &At<'_>) {
    let payload = &v.spec.payload;
    let forms = [
        ("body", payload.body.is_some()),
        ("lines", payload.lines.is_some()),
        ("streams", payload.streams.is_some()),
    ];
    let mut given = forms
        .iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| *key);
    if let (Some(first), Some(second)) = (given.next(), given.next()) {
        let hint = "a request has one form: `body`, `lines` or `streams`";
        v.report_key_hint(
            &at.key(second),
            format!("`{second}` beside `{first}`"),
            hint,
        );
    }
    if v.spec.transport != Transport::Http {
        for (key, given) in forms {
            if given {
                let hint = "an SDK takes records one by one: remove it";
                v.report_key_hint(&at.key(key), format!("`{key}` with an SDK transport"), hint);
            }
        }
    }
    if payload.before.is_some() && payload.lines != Some(Lines::Ndjson) {
        let hint = "set `lines: ndjson`";
        v.report_key_hint(&at.key("before"), "`before` without `lines: ndjson`", hint);
    }
    if payload.protobuf.is_some() && (payload.lines.is_some() || payload.streams.is_some()) {
        let hint = "`protobuf` is another encoding of `body`";
        v.report_key_hint(&at.key("protobuf"), "`protobuf` without a `body`", hint);
    }
}

fn check_shapes(v: &mut Validator<'_>, at: &At<'_>, shapes: &Shapes<'_>) {
    if let Some(body) = &shapes.body {
        check_body(v, &at.key("body"), body);
    }
    if let Some(before) = &shapes.before {
        check_shape(v, before, &Within::Before);
    }
    let within = Within::Record {
        position: position_of(v, shapes),
    };
    for piece in &shapes.record {
        check_shape(v, piece, &within);
    }
    for (name, shape) in &shapes.metadata {
        let at = at.key("streams").key("metadata").key(name);
        match shape {
            Shape::Source(_) => check_shape(v, shape, &Within::Record { position: None }),
            _ => v.report_key_hint(
                &at,
                format!("the metadata `{name}` has no source"),
                "write it like `trace_id: { from: context.trace_id }`",
            ),
        }
    }
    check_record(v, &at.key("record"), shapes);
    check_parts(v, shapes);
    check_reserved(v, &at.key("reserved"), shapes);
    if v.spec.payload.protobuf.is_some() {
        super::otlp::check(v, at, shapes);
    }
}

/// The records stand in one place, and nothing of a single event beside them.
fn check_body(v: &mut Validator<'_>, at: &At<'_>, body: &Shape<'_>) {
    let mut places = Vec::new();
    body.visit(&mut |leaf| {
        if let Leaf::Records(place) = leaf {
            places.push(place.clone());
        }
    });
    match places.as_slice() {
        [] => v.report_key_hint(
            at,
            "the body has no place for the records",
            "put `{ records: all }` where the list of them stands",
        ),
        [_] => {}
        [_, second, ..] => {
            v.report_key(&second.at, "the records stand in a second place");
        }
    }
    let one = places.first().is_some_and(|place| place.one);
    if one && v.spec.payload.protobuf.is_some() {
        v.report_key(at, "`protobuf` takes `{ records: all }`");
    }
    check_shape(v, body, &Within::Body { one });
}

/// Where a record's position may stand.
fn position_of<'s>(v: &Validator<'_>, shapes: &Shapes<'s>) -> Option<At<'s>> {
    let payload = &v.spec.payload;
    let in_list = v.spec.transport == Transport::Http
        && !is_single(shapes)
        && payload.lines.is_none()
        && payload.streams.is_none()
        && payload.protobuf.is_none();
    let [Shape::Object(members)] = shapes.record.as_slice() else {
        return None;
    };
    match members.first() {
        Some(Member::Field(_, Shape::Source(source))) if in_list => Some(source.at.clone()),
        _ => None,
    }
}

fn is_single(shapes: &Shapes<'_>) -> bool {
    let mut one = false;
    if let Some(body) = &shapes.body {
        body.visit(&mut |leaf| one |= matches!(leaf, Leaf::Records(place) if place.one));
    }
    one
}

/// A record is an object, or text, and holds the message.
fn check_record(v: &mut Validator<'_>, at: &At<'_>, shapes: &Shapes<'_>) {
    let payload = &v.spec.payload;
    let is_text = payload.lines == Some(Lines::Text) || payload.streams.is_some();
    let is_object = matches!(
        shapes.record.as_slice(),
        [Shape::Object(_) | Shape::Encoded { .. }]
    );
    if !is_text && !is_object {
        let hint = "write it as a map, such as `{ message: { from: message }, \"*\": { rest: data } }`; plain text \
                    goes with `lines: text`";
        v.report_key_hint(at, "a record is an object", hint);
        return;
    }
    let mut has_message = false;
    for piece in &shapes.record {
        piece.visit(&mut |leaf| {
            let in_pieces = |pieces: &[crate::spec::template::Piece<'_>]| {
                pieces.iter().any(|piece| match piece {
                    crate::spec::template::Piece::Event(references) => {
                        references.contains(&Reference::Message)
                    }
                    _ => false,
                })
            };
            has_message |= match leaf {
                Leaf::Source(source) => source.references.contains(&Reference::Message),
                Leaf::Text(text) => in_pieces(&text.pieces),
                _ => false,
            };
        });
    }
    if !has_message {
        let hint = "add `message: { from: message }`, under the key that the provider wants";
        v.report_key_hint(at, "the record has no `message`: it would be lost", hint);
    }
}

/// No part of the event goes to two places.
fn check_parts(v: &mut Validator<'_>, shapes: &Shapes<'_>) {
    let mut seen = Vec::new();
    let mut twice = Vec::new();
    for piece in &shapes.record {
        piece.visit(&mut |leaf| {
            let (at, parts) = match leaf {
                Leaf::Rest(rest) => (rest.at.key("rest"), rest.parts.clone()),
                Leaf::Source(source) => {
                    let parts = source
                        .references
                        .iter()
                        .filter_map(|reference| match reference {
                            Reference::Part(part) => Some(*part),
                            _ => None,
                        });
                    (source.at.key("from"), parts.collect())
                }
                _ => return,
            };
            for part in parts {
                if seen.contains(&part) {
                    twice.push((at.clone(), part));
                }
                seen.push(part);
            }
        });
    }
    for (at, part) in twice {
        v.report(&at, format!("`{}` goes to two places", part.name()));
    }
}

fn check_reserved(v: &mut Validator<'_>, at: &At<'_>, shapes: &Shapes<'_>) {
    let merges = shapes.record.iter().any(merges);
    if !v.spec.payload.reserved.is_empty() && !merges {
        let hint = "only keys merged with `\"*\"` can take a name";
        v.report_key_hint(at, "`reserved` is never used", hint);
    }
}

/// Whether anything is merged. Recursion is bounded by the depth of the file.
fn merges(shape: &Shape<'_>) -> bool {
    match shape {
        Shape::Object(members) => members.iter().any(|member| match member {
            Member::Field(_, value) => merges(value),
            Member::Merge(_) => true,
        }),
        Shape::List(items) => items.iter().any(merges),
        Shape::Encoded { value, .. } => merges(value),
        _ => false,
    }
}

fn check_streams(v: &mut Validator<'_>, at: &At<'_>, streams: &Streams) {
    let most = &streams.max_streams;
    let field = v.check_setting(&at.key("max_streams"), most, &[FieldType::Int]);
    let is_sound =
        |field: &ConfigField| !field.is_optional() && field.min.is_some_and(|min| min >= 1.0);
    if field.is_some_and(|field| field.kind == FieldType::Int && !is_sound(field)) {
        let hint = "give it a `default` and `min: 1`";
        v.report_hint(
            &at.key("max_streams"),
            format!("`{most}` may be absent or 0"),
            hint,
        );
    }
    v.require_text(
        &at.key("overflow_value"),
        &streams.overflow_value,
        "`overflow_value`",
    );
    check_labels(v, &at.key("labels"), &streams.labels);
    if let Some(limit) = &streams.max_labels {
        let at = at.key("max_labels");
        let counted = streams
            .labels
            .iter()
            .filter(|label| !label.uncounted)
            .count() as u64;
        if limit.value > 0 && counted > limit.value {
            v.report(
                &at.key("value"),
                format!("there are {counted} labels already"),
            );
        }
        check_limit(v, &at, "value", limit.value, &limit.source);
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
            Some(name) => check_label_name(v, &at.key("name"), name, &labels[..index]),
            None => {}
        }
    }
}

fn check_label_name(v: &mut Validator<'_>, at: &At<'_>, name: &str, earlier: &[Label]) {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    if name.is_empty() || !name.bytes().all(plain) || name.as_bytes()[0].is_ascii_digit() {
        v.report(at, format!("`{name}` cannot name a label"));
    }
    if earlier
        .iter()
        .any(|other| other.name.as_deref() == Some(name))
    {
        v.report(at, format!("the label `{name}` is given twice"));
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

fn check_levels(v: &mut Validator<'_>, at: &At<'_>) {
    let levels = &v.spec.payload.levels;
    let at = at.key("levels");
    if levels.is_empty() {
        return;
    }
    let is_whole = serde_json::Value::is_i64;
    for (index, (level, word)) in levels.iter().enumerate() {
        let key = word_of(v, index);
        let at = key.map_or_else(|| at.clone(), |key| at.key(key));
        if !word.is_string() && !is_whole(word) {
            let hint = "write a text, or a whole number without quotes";
            v.report_hint(
                &at,
                "this level word is neither text nor a whole number",
                hint,
            );
        }
        let first = levels.values().next();
        if first.is_some_and(|first| first.is_string() != word.is_string())
            && (word.is_string() || is_whole(word))
        {
            let level = level.level().map_or("other", |level| level.name());
            let message = format!("the word of `{level}` is of another type than the first one");
            v.report_hint(&at, message, "all are texts, or all are whole numbers");
        }
    }
    let has_other = levels.keys().any(|word| word.level().is_none());
    if levels.values().all(is_whole) && !has_other {
        let hint = "add `other: NUMBER`; it is also the number of every level not listed";
        v.report_key_hint(
            &at,
            "`levels` has numbers and no `other`: a word that is no level would be text",
            hint,
        );
    }
    let Some(shapes) = v.shapes else {
        return;
    };
    let mut used = false;
    for shape in shapes.of_events().chain(&shapes.body) {
        shape.visit(&mut |leaf| {
            let is_map = |encoding| encoding == Some(ValueEncoding::LevelMap);
            used |= matches!(leaf, Leaf::Source(source) if is_map(source.encoding));
        });
    }
    if !used {
        let hint = "a source `{ from: level, as: level_map }` uses it";
        v.report_key_hint(&at, "`levels` is never used", hint);
    }
}

/// The key of a level word as it is written.
fn word_of<'a>(v: &Validator<'a>, index: usize) -> Option<&'a str> {
    let levels = v.root.get("payload")?.value.get("levels")?;
    match &levels.value.value {
        crate::spec::node::Value::Map(entries) => {
            entries.get(index).map(|entry| entry.key.as_str())
        }
        _ => None,
    }
}
